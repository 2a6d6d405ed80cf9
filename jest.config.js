/** A layer a project: each runs alone by `jest --selectProjects NAME`. */
const layer = (displayName, folders, more = {}) => ({
    displayName,
    rootDir: __dirname,
    testMatch: folders.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`),
    transform: {
        "\\.[cm]?[jt]s$": [
            "@swc/jest",
            {
                jsc: { target: "es2023", parser: { syntax: "typescript", decorators: true } },
                module: { type: "commonjs" },
            },
        ],
    },
    moduleFileExtensions: ["ts", "js", "mjs", "cjs", "json", "node"],
    ...more,
});

const upTo = (step) => ({ globalSetup: `<rootDir>/test/setup/${step}.ts` });

/** @type {import("jest").Config} */
module.exports = {
    // Real engines and real pods take their time; a unit test that hangs is seen all the same.
    testTimeout: 180_000,
    projects: [
        layer("unit", ["components", "stacks", "services", "verify", "lab"], upTo("images")),
        layer("policies", ["policies"]),
        layer("providers", ["providers"], upTo("engine")),
        layer("engine", ["engine"], upTo("platform")),
        layer("cluster", ["cluster"], upTo("platform")),
    ],
};
