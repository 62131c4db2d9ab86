// Finding methods, and trying them. The key stays in its field: it is in no address, no storage and
// no cookie, and what is shown of a call does not hold it.
"use strict";

const key = document.getElementById("key");
const index = document.querySelector(".index");
const methods = [...document.querySelectorAll(".method")];
let calls = 0;

function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
}

// Finding

function show(wanted) {
    const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
    const names = new Set();
    for (const method of methods) {
        const text = method.dataset.words.toLowerCase();
        method.hidden = !words.every(word => text.includes(word));
        if (!method.hidden) names.add(method.dataset.method);
    }
    for (const item of index.querySelectorAll("[data-method]")) item.hidden = !names.has(item.dataset.method);
    for (const chapter of document.querySelectorAll("[data-chapter]")) {
        const inside = [...chapter.querySelectorAll("[data-method]")];
        chapter.hidden = words.length > 0 && !inside.some(method => !method.hidden);
    }
    for (const id of ["types", "errors"]) document.getElementById(id).hidden = words.length > 0;
    index.classList.toggle("filtered", words.length > 0);
    document.getElementById("found").textContent = words.length ? `${names.size} of ${methods.length}` : "";
}

const filter = document.getElementById("filter");
filter.addEventListener("input", () => show(filter.value));

// A link leads to what the filter hides: what is looked for is shown again.
addEventListener("hashchange", () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target?.closest("[hidden]")) {
        filter.value = "";
        show("");
        target.scrollIntoView();
    }
});

// Trying

class Unusable extends Error {} // its message is for the user

function choices(...texts) {
    return make("select", {}, ...texts.map(text => make("option", {value: text, textContent: text || "–"})));
}

function fieldOf(row) {
    if (row.dataset.field === "boolean") return choices("", "true", "false");
    if (row.dataset.field === "json") return make("textarea", {rows: 2, placeholder: "JSON", spellcheck: false});
    const number = row.dataset.field === "number";
    return make("input", {type: "text", inputMode: number ? "decimal" : "text", autocomplete: "off", spellcheck: false});
}

function valueOf(row, field) {
    const text = field.value;
    const name = row.dataset.argument;
    if (text === "" && !("required" in row.dataset)) return undefined;
    if (row.dataset.field === "text") return text === '""' ? "" : text;
    if (text === "") return null;
    if (row.dataset.field === "boolean") return text === "true";
    try {
        return JSON.parse(text);
    } catch {
        throw new Unusable(`${name} is no ${row.dataset.field === "json" ? "JSON" : "number"}.`);
    }
}

function paramsOf(rows) {
    const given = rows.map(({row, field}) => [row.dataset.argument, valueOf(row, field)]);
    return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

async function call(method, params) {
    const answer = await fetch(location.pathname, {
        method: "POST",
        headers: {"Content-Type": "application/json", "Authorization": `Bearer ${key.value.trim()}`},
        body: JSON.stringify({jsonrpc: "2.0", id: ++calls, method, params}),
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
    });
    return answer.json().catch(() => {
        throw new Unusable(`The server answered with status ${answer.status} and no JSON.`);
    });
}

function formOf(method) {
    const name = method.dataset.method;
    const rows = [...method.querySelectorAll("[data-argument]")].map(row => {
        const field = fieldOf(row);
        field.id = `try-${name}-${row.dataset.argument}`;
        field.required = "required" in row.dataset && row.dataset.field === "json";
        return {row, field};
    });
    const fields = rows.map(({row, field}) => make("p", {className: "field"},
        make("label", {htmlFor: field.id}, make("code", {textContent: row.dataset.argument}),
            "required" in row.dataset ? " (required)" : ""), field));
    const status = make("span", {className: "hint"});
    status.setAttribute("role", "status");
    const button = make("button", {className: "primary", textContent: `Call ${name}`});
    const output = make("pre", {tabIndex: 0, hidden: true});
    output.setAttribute("aria-label", `The answer of ${name}`);
    const form = make("form", {noValidate: true}, make("div", {className: "fields"}, ...fields));
    if (rows.length) form.append(make("p", {className: "hint", textContent:
        'A field that is empty is left out; "" sends empty text.'}));
    form.append(make("p", {}, button, status), output);
    form.addEventListener("submit", event => {
        event.preventDefault();
        answer({name, rows, button, status, output});
    });
    return form;
}

async function answer({name, rows, button, status, output}) {
    output.hidden = true;
    if (!key.value.trim()) {
        status.textContent = "Enter your API key at the top of the page first.";
        return;
    }
    button.disabled = true;
    status.textContent = "Waiting…";
    const begun = performance.now();
    try {
        const reply = await call(name, paramsOf(rows));
        const milliseconds = Math.round(performance.now() - begun);
        const error = reply.error;
        output.className = error ? "error" : "";
        output.textContent = error ? error.message : JSON.stringify(reply.result, null, 2);
        if (error?.data) output.textContent += `\n${JSON.stringify(error.data, null, 2)}`;
        status.textContent = error ? `Error ${error.code} after ${milliseconds} ms` : `Answered in ${milliseconds} ms`;
        output.hidden = false;
    } catch (error) {
        status.textContent = error instanceof Unusable ? error.message : "The server cannot be reached.";
    } finally {
        button.disabled = false;
    }
}

for (const method of methods) {
    const summary = make("summary", {textContent: "Try it"});
    summary.setAttribute("aria-label", `Try ${method.dataset.method}`);
    const trying = make("details", {className: "trying"}, summary);
    trying.addEventListener("toggle", () => {
        if (!trying.querySelector("form")) trying.append(formOf(method));
    }, {once: true});
    method.append(trying);
}
for (const element of document.querySelectorAll("[data-scripted]")) element.hidden = false;
