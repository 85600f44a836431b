// Starts `planned lsp` and lets the editor speak with it. All that is said of rules comes from there.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

async function activate() {
  const command = vscode.workspace.getConfiguration("planned").get("command") || "planned";
  const server = { command, args: ["lsp"], transport: TransportKind.stdio };
  client = new LanguageClient("planned", "planned", server, {
    documentSelector: [{ language: "planned" }],
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/{*.rules,planned.toml}") },
  });
  try {
    await client.start();
  } catch (error) {
    const french = vscode.env.language.startsWith("fr");
    vscode.window.showErrorMessage(
      french
        ? `La commande « ${command} lsp » ne démarre pas. Installez-la (pip install "planned[lsp]") ou indiquez son chemin dans le réglage planned.command.`
        : `The command "${command} lsp" does not start. Install it (pip install "planned[lsp]"), or give its path in the setting planned.command.`,
    );
  }
}

function deactivate() {
  return client && client.stop();
}

module.exports = { activate, deactivate };
