import { parseAllDocuments } from "yaml";
import { isObject, subjectsOf } from "./kubernetesObject";
import type { Subject } from "./rule";

/**
 * The subjects in Kubernetes manifests: YAML documents, lists unwrapped. Read as the API server's clients read them, by YAML 1.1, in
 * which `yes` and `on` are booleans.
 *
 * @throws Error that names source, document and position, if a document is no YAML, has a key twice, or is no Kubernetes object
 */
export function manifestSubjects(source: string, text: string): Subject[] {
    const documents = parseAllDocuments(text, { version: "1.1", merge: true, prettyErrors: true });
    if (!Array.isArray(documents)) return [];
    return documents.flatMap((document, index) => {
        const [error] = document.errors;
        // Only the first line: the next ones quote the text, which may hold a secret.
        const message = error?.message.split("\n")[0]?.replace(/:$/, "") ?? "";
        if (error) throw new Error(`${source}, document ${index + 1}: ${message}`);
        const object: unknown = document.toJS();
        if (object === null || object === undefined) return [];
        if (isObject(object) && isFilled(object.apiVersion) && isFilled(object.kind)) {
            return subjectsOf(object, { apiVersion: "", kind: "", partial: false });
        }
        throw new Error(`${source}, document ${index + 1}: no apiVersion and kind`);
    });
}

const isFilled = (value: unknown): boolean => typeof value === "string" && value !== "";
