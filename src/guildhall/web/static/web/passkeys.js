// Passkeys: asks the browser for one, and sends what it gives back with the form. Pages work without this file but for passkeys.
"use strict";
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const listed = (credentials) => (credentials || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function make(options, form) {
    const key = { ...options.publicKey };
    const alone = form.elements.passwordless?.checked ?? false;
    key.challenge = bytes(key.challenge);
    key.user = { ...key.user, id: bytes(key.user.id) };
    key.excludeCredentials = listed(key.excludeCredentials);
    key.authenticatorSelection = {
      ...key.authenticatorSelection,
      residentKey: alone ? "required" : "discouraged",
      requireResidentKey: alone,
      ...(alone ? { userVerification: "required" } : {}),
    };
    const made = await navigator.credentials.create({ publicKey: key });
    return {
      type: made.type,
      id: made.id,
      rawId: text(made.rawId),
      authenticatorAttachment: made.authenticatorAttachment,
      response: { clientDataJSON: text(made.response.clientDataJSON), attestationObject: text(made.response.attestationObject) },
      clientExtensionResults: made.getClientExtensionResults(),
    };
  }

  async function use(options) {
    const key = { ...options.publicKey };
    key.challenge = bytes(key.challenge);
    key.allowCredentials = listed(key.allowCredentials);
    const shown = await navigator.credentials.get({ publicKey: key });
    return {
      type: shown.type,
      id: shown.id,
      rawId: text(shown.rawId),
      authenticatorAttachment: shown.authenticatorAttachment,
      response: {
        clientDataJSON: text(shown.response.clientDataJSON),
        authenticatorData: text(shown.response.authenticatorData),
        signature: text(shown.response.signature),
        userHandle: shown.response.userHandle ? text(shown.response.userHandle) : null,
      },
      clientExtensionResults: shown.getClientExtensionResults(),
    };
  }

  async function asked(form) {
    if (form.dataset.passkey === "sign-in") {
      const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error("no challenge");
      return use((await answer.json()).request_options);
    }
    const data = JSON.parse(document.getElementById("passkey-options").textContent);
    return form.dataset.passkey === "make" ? make(data.creation_options, form) : use(data.request_options);
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const failed = form.querySelector("[data-passkey-failed]");
      failed.hidden = true;
      try {
        form.elements.credential.value = JSON.stringify(await asked(form));
        form.submit();
      } catch {
        failed.hidden = false;
      }
    });
  }
})();
