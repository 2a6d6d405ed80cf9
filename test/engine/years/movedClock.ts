/** Environment of processes for which it is noon of a day, by preload.ts. */
export const noonOf = (day: string): Readonly<Record<string, string>> => ({
    CLOCK_OFFSET_MS: String(Date.parse(`${day}T12:00:00Z`) - Date.now()),
});
