import { judgeSslyze } from "../../verify/scanners/sslyze";
import { judgeTestssl } from "../../verify/scanners/testssl";

describe("sslyze", () => {
    const json = (connectivity_status: string) =>
        JSON.stringify({ sslyze_version: "6.3.1", server_scan_results: [{ connectivity_status }] });
    const verdict = (line: string) =>
        `\n    Checking results against Mozilla's "modern" configuration.\n\n    gateway.example.test:443: ${line}\n`;
    const tool = { name: "sslyze", version: "6.3.1" };

    it("passes where it says compliant", () => {
        const stdout = verdict("OK - Compliant.");
        expect(judgeSslyze(stdout, json("COMPLETED"))).toEqual({
            ok: true,
            seen: "compliant",
            tool,
        });
    });

    it("fails with its reasons where it says not compliant", () => {
        const stdout = verdict(
            "FAILED - Not compliant.\n        * tls_versions: {'TLSv1.2'} are supported.\n        * tls_curves: no.",
        );
        expect(judgeSslyze(stdout, json("COMPLETED"))).toEqual({
            ok: false,
            seen: "tls_versions: {'TLSv1.2'} are supported. tls_curves: no.",
            tool,
        });
    });

    it.each([
        ["it could not connect, though it then exits with 0", "", "ERROR"],
        ["its scan broke off", verdict("ERROR - Scan did not run successfully;"), "COMPLETED"],
    ])("judges nothing where %s", (_, stdout, status) => {
        expect(() => judgeSslyze(stdout, json(status))).toThrow(`sslyze did not scan: ${status}`);
    });
});

describe("testssl.sh", () => {
    const banner = "\n####\n  testssl.sh version 3.2.1 from https://testssl.sh/\n";
    const tool = { name: "testssl.sh", version: "3.2.1" };
    const findings = (grade: string, ...caps: string[]) =>
        JSON.stringify([
            { id: "service", severity: "INFO", finding: "HTTP" },
            { id: "overall_grade", severity: "OK", finding: grade },
            ...caps.map((finding, at) => ({
                id: `grade_cap_reason_${at + 1}`,
                severity: "INFO",
                finding,
            })),
        ]);

    it.each([
        ["A+", true, "grade A+", []],
        ["A", true, "grade A: HSTS is not offered", ["HSTS is not offered"]],
        ["B", false, "grade B: TLS 1.1 offered", ["TLS 1.1 offered"]],
        ["T", false, "grade T: Untrusted certificate chain", ["Untrusted certificate chain"]],
    ])("grade %s", (grade, ok, seen, caps) => {
        expect(judgeTestssl(banner, findings(grade, ...caps))).toEqual({ ok, seen, tool });
    });

    it("judges nothing where there is no grade", () => {
        const json = JSON.stringify([{ id: "service", severity: "INFO", finding: "HTTP" }]);
        expect(() => judgeTestssl(banner, json)).toThrow("testssl.sh gave no grade");
    });
});
