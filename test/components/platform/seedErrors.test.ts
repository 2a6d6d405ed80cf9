import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pageFile, renderPage, seedErrors } from "../../../docs/seedErrors/page";
import type { SeedError } from "../../../docs/seedErrors/seedError";
import { testTitles } from "./testTitles";

const ids = (which: (error: SeedError) => boolean): string[] =>
    seedErrors.filter(which).map(({ id }) => id);

const titlesIn = (file: string): ReadonlySet<string> =>
    testTitles(readFileSync(join(__dirname, "../..", file), "utf8"));

it("lists each error once, in order", () => {
    const numbers = Array.from({ length: 34 }, (_, index) => index + 1);
    expect(seedErrors.map(({ id }) => id)).toEqual(numbers.map((number) => `E${number}`));
});

/** The lists may only become shorter, and not by accident: whoever builds a part takes it out here. */
it("knows what is not built yet", () => {
    const unbuilt = ids(({ here }) => here === undefined);
    expect(unbuilt).toEqual(["E12", "E13", "E14", "E15", "E16", "E17", "E20", "E34"]);
    expect(ids(({ tests }) => tests.length === 0)).toEqual(unbuilt);
    const open = ids(({ notBuiltYet }) => notBuiltYet !== undefined);
    expect(open.filter((id) => !unbuilt.includes(id))).toEqual(["E11", "E30", "E33"]);
    expect(open).toEqual(expect.arrayContaining(unbuilt));
});

it.each(seedErrors.filter(({ tests }) => tests.length > 0))(
    "names tests for $id that are there",
    ({ tests }) => {
        for (const { file, titles } of tests) {
            expect(titles).not.toEqual([]);
            const there = titlesIn(file);
            expect(titles.filter((title) => !there.has(title))).toEqual([]);
        }
    },
);

it("has a page that is not stale: else run `npx tsx docs/seedErrors/page.ts`", () => {
    expect(readFileSync(pageFile, "utf8")).toBe(renderPage());
});

describe("titles", () => {
    it("are read of tests in suites and tables, and of nothing else", () => {
        const text = `
            const rows = [["a", 1], ["b", two]];
            describe("outer", () => {
                it("one", () => {});
                describe("inner", () => { it.each(rows)("row %s of %d", () => {}); });
            });
            it.each<[string]>([["x"], [y], ...more])("is %j", async () => {});
            it.each(["p"])("%s alone", () => {});
            it.each([{ name: "n" }])("has $name", () => {});
            describe.each(["s"])("suite %s", () => { it("two", () => {}); });
            it.skip("skipped", () => {});
            // it("commented", () => {});
            log("a call", () => {});
        `;
        expect([...testTitles(text)]).toEqual([
            "outer > one",
            "outer > inner > row %s of %d",
            "outer > inner > row a of 1",
            "is %j",
            'is "x"',
            "%s alone",
            "p alone",
            "has $name",
            "has n",
            "suite %s > two",
            "suite s > two",
        ]);
    });
});
