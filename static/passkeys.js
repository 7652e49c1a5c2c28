// Passkeys: the browser's own ceremony, on pages that say what else there is where it is missing.
(() => {
  const forms = [...document.querySelectorAll("form[data-passkey]")];
  if (!window.PublicKeyCredential?.parseRequestOptionsFromJSON) return;
  const options = async (form) => {
    const url = form.dataset.optionsUrl;
    if (!url) return JSON.parse(document.getElementById("passkey-options").textContent);
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error("no options");
    return answer.json();
  };
  const ceremony = async (given) => {
    if (given.creation_options) {
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(given.creation_options.publicKey);
      return navigator.credentials.create({ publicKey });
    }
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(given.request_options.publicKey);
    return navigator.credentials.get({ publicKey });
  };
  forms.forEach((form) => {
    const within = form.closest("[data-passkey-place]");
    const problem = within.querySelector("[data-passkey-problem]");
    within.querySelector("[data-passkey-missing]").hidden = true;
    form.hidden = false;
    form.addEventListener("submit", async (event) => {
      if (form.elements.credential.value) return;
      event.preventDefault();
      problem.textContent = "";
      try {
        const credential = await ceremony(await options(form));
        form.elements.credential.value = JSON.stringify(credential.toJSON());
        form.submit();
      } catch {
        problem.textContent = problem.dataset.passkeyProblem;
      }
    });
  });
})();
