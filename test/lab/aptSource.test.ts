import { findAptSource, sourceLine } from "../../lab/images/aptSource";

const stanzas = `Types: deb
# a comment between fields
URIs: http://archive.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://archive.example/debian-security
Suites: bookworm-security
Components: main
`;

it("reads a deb822 file", () => {
    expect(findAptSource([stanzas], "bookworm")).toEqual({
        uri: "http://archive.example/debian",
        signedBy: "/usr/share/keyrings/debian-archive-keyring.gpg",
    });
});

it.each([
    [
        "deb http://archive.example/debian bookworm main contrib",
        { uri: "http://archive.example/debian" },
    ],
    [
        "deb [arch=amd64 signed-by=/k.gpg] http://archive.example/debian bookworm main",
        { uri: "http://archive.example/debian", signedBy: "/k.gpg" },
    ],
])("reads the line %s", (line, expected) => {
    expect(findAptSource([line], "bookworm")).toEqual(expected);
});

it.each([
    ["a source package line", "deb-src http://archive.example/debian bookworm main"],
    ["a line that is commented out", "# deb http://archive.example/debian bookworm main"],
    ["another suite", "deb http://archive.example/debian trixie main"],
    ["another component", "deb http://archive.example/debian bookworm contrib"],
    ["a third party's stanza", stanzas.replaceAll("bookworm", "nodistro")],
])("takes no %s", (_, text) => {
    expect(() => findAptSource([text], "bookworm")).toThrow(
        "no apt source has suite bookworm with component main; add one to /etc/apt/sources.list.d",
    );
});

it("passes over files without one", () => {
    const files = ["", "deb http://other.example stable main", stanzas];
    expect(findAptSource(files, "bookworm").uri).toBe("http://archive.example/debian");
});

it("writes the line for another suite", () => {
    expect(sourceLine({ uri: "http://a/debian" }, "trixie")).toBe(
        "deb http://a/debian trixie main",
    );
    expect(sourceLine({ uri: "http://a/debian", signedBy: "/k.gpg" }, "trixie")).toBe(
        "deb [signed-by=/k.gpg] http://a/debian trixie main",
    );
});
