/** The script and the style of the page, as texts. */
export declare function pageParts(): Promise<{ readonly script: string; readonly style: string }>;
