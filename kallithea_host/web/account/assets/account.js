// Buttons that copy: they are of no use without a script, so they show only where this one runs.
"use strict";

async function copy(text, element) {
    if (navigator.clipboard) { // only where the page came over TLS, or from this machine
        await navigator.clipboard.writeText(text);
        return true;
    }
    getSelection().selectAllChildren(element);
    return document.execCommand("copy");
}

for (const button of document.querySelectorAll("[data-copies]")) {
    const element = document.getElementById(button.dataset.copies);
    const told = document.querySelector("[data-told]");
    button.hidden = false;
    button.addEventListener("click", async () => {
        const copied = await copy(element.textContent, element).catch(() => false);
        told.textContent = copied ? "Copied." : "This browser does not let the page copy: mark the key and copy it.";
    });
}
