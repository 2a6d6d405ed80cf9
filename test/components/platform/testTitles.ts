import ts from "typescript";

type Value = string | number;

/** A row of a table as far as it is literal: by column, or by key. */
type Row = readonly (Value | undefined)[] | ReadonlyMap<string, Value>;

/**
 * The titles of a test file's tests, those of the suites around a test before its own, ` > ` between. A table has its title as it is
 * written and, of each row that is literal, with the row in it. What is skipped, or is no test, is not there.
 */
export function testTitles(text: string): ReadonlySet<string> {
    const source = ts.createSourceFile("file.test.ts", text, ts.ScriptTarget.Latest);
    const titles = new Set<string>();
    const visit = (node: ts.Node, suites: readonly string[]): void => {
        const block = ts.isCallExpression(node) ? blockOf(node, source) : undefined;
        if (block === undefined) {
            ts.forEachChild(node, (child) => {
                visit(child, suites);
            });
            return;
        }
        for (const title of block.titles) {
            const path = [...suites, title];
            if (block.kind === "it") titles.add(path.join(" > "));
            else visit(block.body, path);
        }
    };
    visit(source, []);
    return titles;
}

interface Block {
    readonly kind: "describe" | "it";
    readonly titles: readonly string[];
    readonly body: ts.Node;
}

/** `describe(title, body)` or `describe.each(table)(title, body)`, and `it` likewise. */
function blockOf(call: ts.CallExpression, source: ts.SourceFile): Block | undefined {
    const [title, body] = call.arguments;
    const { kind, table } = callee(call.expression);
    if (!title || !body || !ts.isStringLiteralLike(title)) return undefined;
    if (kind !== "describe" && kind !== "it") return undefined;
    const rows = table ? literalRows(table, source) : [];
    const named = rows.map((row) => filled(title.text, row)).filter((name) => name !== undefined);
    return { kind, titles: [title.text, ...named], body };
}

function callee(expression: ts.Expression): { kind?: string; table?: ts.Expression } {
    if (ts.isIdentifier(expression)) return { kind: expression.text };
    if (!ts.isCallExpression(expression)) return {};
    const { expression: each, arguments: given } = expression;
    const [table] = given;
    if (!table || !ts.isPropertyAccessExpression(each) || each.name.text !== "each") return {};
    return ts.isIdentifier(each.expression) ? { kind: each.expression.text, table } : {};
}

/** Rows that stand in the call, or in a constant of the file. */
function literalRows(table: ts.Expression, source: ts.SourceFile): Row[] {
    const bare = ts.isAsExpression(table) ? table.expression : table;
    const list = ts.isIdentifier(bare) ? constant(bare.text, source) : bare;
    return list && ts.isArrayLiteralExpression(list) ? list.elements.map(rowOf) : [];
}

const constant = (name: string, source: ts.SourceFile): ts.Expression | undefined =>
    source.statements
        .filter(ts.isVariableStatement)
        .flatMap(({ declarationList }) => declarationList.declarations)
        .find((declared) => ts.isIdentifier(declared.name) && declared.name.text === name)
        ?.initializer;

function rowOf(element: ts.Expression): Row {
    if (ts.isArrayLiteralExpression(element)) return element.elements.map(valueOf);
    if (!ts.isObjectLiteralExpression(element)) return [valueOf(element)];
    const known = element.properties.filter(ts.isPropertyAssignment).flatMap((property) => {
        const value = valueOf(property.initializer);
        const { name } = property;
        return ts.isIdentifier(name) && value !== undefined ? [[name.text, value] as const] : [];
    });
    return new Map(known);
}

function valueOf(expression: ts.Expression): Value | undefined {
    if (ts.isStringLiteralLike(expression)) return expression.text;
    return ts.isNumericLiteral(expression) ? Number(expression.text) : undefined;
}

const place = /%[sdij]|\$\w+/g;

/** The title with a row in it, as jest writes it; undefined where what it needs is not literal. */
function filled(title: string, row: Row): string | undefined {
    const values = [...title.matchAll(place)].map(([mark], column) => {
        const value = "get" in row ? row.get(mark.slice(1)) : row[column];
        return mark === "%j" && value !== undefined ? JSON.stringify(value) : value;
    });
    return values.includes(undefined)
        ? undefined
        : title.replace(place, () => String(values.shift()));
}
