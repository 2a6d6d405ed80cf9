import { pathBy } from "../../verify/path";

const gateway = { host: "gateway.example.test", port: 443 };

it("dials what an override says, and DNS' answer for the rest", () => {
    const pathOf = pathBy(["gateway.example.test:443=127.0.0.1:30443"]);
    expect(pathOf(gateway)).toEqual({ host: "127.0.0.1", port: 30443 });
    expect(pathOf({ ...gateway, port: 80 })).toEqual({ ...gateway, port: 80 });
});

it("takes IPv6 addresses in brackets", () => {
    const pathOf = pathBy(["gateway.example.test:443=[::1]:443"]);
    expect(pathOf(gateway)).toEqual({ host: "::1", port: 443 });
});

it.each([
    "",
    "gateway:443",
    "gateway=1.2.3.4:443",
    "a:1=b:0",
    "a:1=b:65536",
    "a:1=b:2=c:3",
    "a:x=b:2",
])("refuses --connect %j", (option) => {
    expect(() => pathBy([option])).toThrow(
        new RangeError(`--connect ${option}: must read HOST:PORT=ADDR:PORT`),
    );
});
