import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { labPaths } from "../../lab/cache";
import { debianRoot, IMAGE_USERS } from "../../lab/images/debian";
import { inRootfs } from "../../lab/images/inRootfs";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "rootfs-"));
});
afterEach(() => {
    rmSync(folder, { recursive: true });
});

const tool = (name: string): string => path.join(labPaths().tools, "bin", name);

describe("a command in the images' root file system", () => {
    const configuration = (directive: string): string =>
        `events {}\nhttp { server { listen 8443; ${directive} } }\n`;

    it("is the nginx that the pods run, and judges a configuration", async () => {
        const file = path.join(folder, "nginx.conf");
        const test = async (directive: string): Promise<{ exitCode: number; stderr: string }> => {
            writeFileSync(file, configuration(directive));
            return inRootfs(["nginx", "-t", "-c", "/etc/nginx-conf/nginx.conf"], {
                binds: { "/etc/nginx-conf": folder },
            });
        };
        expect((await test("http2 on;")).exitCode).toBe(0);
        const wrong = await test("no_such_directive on;");
        expect(wrong.exitCode).toBe(1);
        expect(wrong.stderr).toContain('unknown directive "no_such_directive"');
        expect((await inRootfs(["nginx", "-v"])).stderr).toContain("nginx/1.26");
    });

    it("reads its input, runs as the user asked for, and changes nothing", async () => {
        const script = "cat; id -u; echo x > /tmp/left";
        expect(await inRootfs(["sh", "-c", script], { input: "in\n", uid: 101 })).toEqual({
            exitCode: 0,
            stdout: "in\n101\n",
            stderr: "",
        });
        expect(existsSync(path.join(debianRoot(labPaths()).folder, "tmp", "left"))).toBe(false);
    });

    it.each(IMAGE_USERS)("knows $name as uid $uid", async ({ name, uid }) => {
        expect((await inRootfs(["id", "-u", name])).stdout).toBe(`${uid}\n`);
    });

    it("leaves no mount on the host", async () => {
        const before = readFileSync("/proc/self/mounts", "utf8");
        await inRootfs(["true"], { binds: { "/mnt": folder } });
        expect(readFileSync("/proc/self/mounts", "utf8")).toBe(before);
    });
});

describe("tools", () => {
    it("openssl is 3.5 and reads and writes files of the host", () => {
        const [key, text] = ["key.pem", "with space.txt"].map((name) => path.join(folder, name));
        execFileSync(
            tool("openssl-3.5"),
            ["genpkey", "-algorithm", "ML-KEM-768", "-out", key ?? ""],
            { stdio: "ignore" },
        );
        expect(readFileSync(key ?? "", "utf8")).toContain("PRIVATE KEY");
        writeFileSync(text ?? "", "abc");
        const digest = execFileSync(
            tool("openssl-3.5"),
            ["dgst", "-sha256", "-r", "with space.txt"],
            {
                cwd: folder,
                encoding: "utf8",
            },
        );
        expect(digest).toMatch(/^ba7816bf/);
    });

    it("testssl.sh is 3.2, sslyze the version asked for", () => {
        const banner = stripVTControlCharacters(
            execFileSync(tool("testssl.sh"), ["--version"], { encoding: "utf8" }),
        );
        expect(banner).toMatch(/testssl version 3\.2\.\d/);
        expect(banner).toContain("Using OpenSSL 3.5.");
        expect(execFileSync(tool("sslyze"), ["--help"], { encoding: "utf8" })).toContain(
            "--mozilla_config",
        );
    });
});
