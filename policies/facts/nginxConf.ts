import { shownAddress } from "../redact";
import type { Subject, Violation } from "../rule";
import { tryRead, UnknownValue } from "../unknownValue";
import { globPattern, matchesWildcard } from "../wildcard";
import { parseNginx, type Directive, type NginxSyntax } from "./nginxSyntax";
import { isNginxName, nginxByDirectives } from "./nginxText";
import { perSubject } from "./perSubject";
import { configTexts, type ConfigText } from "./texts";

/** One configuration with its includes in place: a text that no other text of the same object includes. */
export interface NginxConf {
    readonly key: string;
    /** Place of the text, for example `data["nginx.conf"]`. */
    readonly at: string;
    readonly directives: readonly Directive[];
    /** What could not be read; the directives are then what could. */
    readonly problems: readonly Violation[];
}

/** Every nginx configuration in a ConfigMap or a Secret: known by its key, or, under any key, by its directives. */
export const nginxConfs = perSubject((subject): NginxConf[] =>
    readConfs(subject, ({ key, at }, text) =>
        isNginxName(key) ? parseNginx(at, text) : nginxByDirectives(at, text),
    ),
);

/** Throws `UnknownValue` where preview does not know a text whose key says that it is nginx's. */
export function readNginxTexts(subject: Subject): [] {
    for (const { key, read } of configTexts(subject)) if (isNginxName(key)) read();
    return [];
}

/** The configurations under keys that something else, a mount, says are nginx's. */
export function nginxConfsUnder(subject: Subject, keys: ReadonlySet<string>): NginxConf[] {
    return readConfs(subject, ({ key, at }, text) =>
        keys.has(key) ? parseNginx(at, text) : undefined,
    );
}

type Recognise = (text: ConfigText, content: string) => NginxSyntax | undefined;

interface File extends ConfigText {
    readonly content: string;
}

function readConfs(subject: Subject, recognise: Recognise): NginxConf[] {
    const files = knownFiles(subject);
    const syntaxes = new Map<string, NginxSyntax>();
    for (const file of files.values()) {
        const syntax = recognise(file, file.content);
        if (syntax) syntaxes.set(file.key, syntax);
    }
    const included = new Set<string>();
    const confs = [...syntaxes.keys()].map((key) => {
        const reader = new IncludeReader(files, syntaxes);
        const conf = reader.conf(key);
        for (const other of reader.included) included.add(other);
        return { conf, reaches: reader.included };
    });
    const roots = confs.filter(({ conf }) => !included.has(conf.key));
    // Texts that include one another in a circle have no root, and each is judged.
    const reached = new Set(roots.flatMap(({ conf, reaches }) => [conf.key, ...reaches]));
    return [...roots, ...confs.filter(({ conf }) => !reached.has(conf.key))].map(
        ({ conf }) => conf,
    );
}

/** Leaves out what preview does not know: `readNginxTexts` and the rule on known texts refuse it. */
function knownFiles(subject: Subject): ReadonlyMap<string, File> {
    const files = new Map<string, File>();
    for (const text of configTexts(subject)) {
        const content = tryRead(text.read);
        if (!(content instanceof UnknownValue)) files.set(text.key, { ...text, content });
    }
    return files;
}

/** Directives that includes may add. An object is at most 1 MiB: what is more comes from includes that multiply. */
const mostIncluded = 250_000;

/** Longest path that an operating system takes. */
const longestPath = 4096;

/** Reads one configuration and puts what it includes in place. */
class IncludeReader {
    /** Keys of the texts that it includes. */
    readonly included = new Set<string>();
    private readonly problems: Violation[] = [];
    private includedCount = 0;
    private readonly files: ReadonlyMap<string, File>;
    private readonly syntaxes: Map<string, NginxSyntax>;

    constructor(files: ReadonlyMap<string, File>, syntaxes: Map<string, NginxSyntax>) {
        this.files = files;
        this.syntaxes = syntaxes;
    }

    conf(key: string): NginxConf {
        const directives = this.expanded(this.read(key), [key]);
        return { key, at: this.files.get(key)?.at ?? key, directives, problems: this.problems };
    }

    private read(key: string): readonly Directive[] {
        const file = this.files.get(key);
        const syntax = this.syntaxes.get(key) ?? parseNginx(file?.at ?? key, file?.content ?? "");
        this.syntaxes.set(key, syntax);
        const { problem } = syntax;
        if (problem) this.report(problem.at, problem.message, "a text that nginx can read");
        return syntax.directives;
    }

    private expanded(directives: readonly Directive[], chain: readonly string[]): Directive[] {
        const result: Directive[] = [];
        if (chain.length > 1) this.includedCount += directives.length;
        for (const directive of directives) {
            if (this.includedCount > mostIncluded) {
                return this.refuse(directive, "includes that multiply");
            }
            if (directive.name === "include" && !directive.block) {
                for (const included of this.include(directive, chain)) result.push(included);
            } else if (directive.block) {
                const { name, args, at } = directive;
                result.push({ name, args, at, block: this.expanded(directive.block, chain) });
            } else {
                result.push(directive);
            }
        }
        return result;
    }

    private include(directive: Directive, chain: readonly string[]): Directive[] {
        const path = directive.args[0] ?? "";
        const keys = this.keysAt(path);
        if (keys.length === 0) return this.refuse(directive, `include ${shownAddress(path)}`);
        // `include conf.d/*.conf` means other files than the one that says it, though here all keys lie in one folder.
        const others = keys.filter((key) => !chain.includes(key));
        if (others.length === 0)
            return this.refuse(directive, `include ${shownAddress(path)}, which comes back`);
        return others.flatMap((key) => {
            this.included.add(key);
            return this.expanded(this.read(key), [...chain, key]);
        });
    }

    /** Only the last part of the path counts: where the object is mounted is not known here. */
    private keysAt(path: string): string[] {
        this.includedCount += this.files.size;
        if (path.length > longestPath) return [];
        const pattern = globPattern(path.slice(path.lastIndexOf("/") + 1));
        return [...this.files.keys()].filter((key) => matchesWildcard(pattern, key));
    }

    private refuse(directive: Directive, got: string): [] {
        const wanted = "an include of another key of the same object, or the directives themselves";
        this.report(directive.at, got, wanted);
        return [];
    }

    /** Once: a text that is included ten times has its problem once. */
    private report(at: string, got: string, wanted: string): void {
        const last = this.problems.at(-1);
        if (last?.at !== at || last.got !== got) this.problems.push({ at, got, wanted });
    }
}
