/** Carries datagrams over a stream: each with its length before it, two bytes. */
export function frame(datagram: Uint8Array): Buffer {
    const header = Buffer.alloc(2);
    header.writeUInt16BE(datagram.length);
    return Buffer.concat([header, datagram]);
}

/** @returns a function that takes the stream's chunks, however they are cut, and gives whole datagrams to `onDatagram` */
export function unframer(onDatagram: (datagram: Buffer) => void): (chunk: Buffer) => void {
    let rest = Buffer.alloc(0);
    return (chunk) => {
        rest = Buffer.concat([rest, chunk]);
        while (rest.length >= 2) {
            const end = 2 + rest.readUInt16BE(0);
            if (rest.length < end) return;
            onDatagram(rest.subarray(2, end));
            rest = rest.subarray(end);
        }
    };
}
