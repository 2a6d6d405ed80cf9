const { argv } = require("node:process");

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

/** The engine and cluster lists against a cluster and an engine of the user's, without what needs the lab's machine. */
const conformance = layer("conformance", ["engine", "cluster"], {
    ...upTo("conformance"),
    testPathIgnorePatterns: Object.keys(require("./test/setup/leftOutFiles.json")).map(
        (file) => `<rootDir>/${file.replaceAll(".", "\\.")}$`,
    ),
});

/** @type {import("jest").Config} */
module.exports = {
    // Real engines and real pods take their time; a unit test that hangs is seen all the same.
    testTimeout: 180_000,
    projects: [
        layer(
            "unit",
            ["components", "stacks", "services", "verify", "lab", "setup"],
            upTo("images"),
        ),
        layer("policies", ["policies"]),
        layer("providers", ["providers"], upTo("engine")),
        layer("engine", ["engine"], upTo("platform")),
        layer("cluster", ["cluster"], upTo("platform")),
        // Only where it is asked for by name: it attacks the cluster of KUBECONFIG.
        ...(argv.includes("conformance") ? [conformance] : []),
    ],
};
