import js from "@eslint/js";
import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

export default tseslint.config(
    { ignores: ["**/dist/**", "**/node_modules/**", "coverage/**", "evidence/**"] },
    js.configs.recommended,
    ...tseslint.configs.strictTypeChecked,
    {
        languageOptions: {
            parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
        },
        plugins: { "@pulumi": pulumi },
        rules: {
            // Runs out of stack on recursive types (Value, JSON).
            "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
            // A Pulumi program says `export =`, and TypeScript imports that in no other way.
            "@typescript-eslint/no-require-imports": ["error", { allowAsImport: true }],
            "max-lines": ["error", { max: 300 }],
            "max-lines-per-function": [
                "error",
                { max: 40, skipBlankLines: true, skipComments: true },
            ],
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
        },
    },
    // A suite is one long function by the framework's design.
    { files: ["test/**"], rules: { "max-lines-per-function": "off" } },
    {
        files: ["**/*.{js,mjs,cjs}"],
        extends: [tseslint.configs.disableTypeChecked],
        languageOptions: {
            globals: { module: "readonly", require: "readonly", __dirname: "readonly" },
        },
        rules: { "@typescript-eslint/no-require-imports": "off" },
    },
);
