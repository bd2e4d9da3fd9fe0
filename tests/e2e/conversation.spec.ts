// The run as messages: what each model call added, in the browser, with the real engine.
import { expect, realFile, test, type App } from "./app.ts";

const SESSION =
  "claude-code-jsonl/d-kimuson__claude-code-viewer/5c0375b4-57a5-4f26-b12d-d022ee4e51b7.jsonl";

async function openSession(app: App): Promise<void> {
  const file = realFile(SESSION);
  await app.drop(file);
  await app
    .importCard(file.name)
    .getByRole("button", { name: "Open", exact: true })
    .click();
  await expect(app.steps).toBeVisible();
}

test("a session reads as a conversation, and a turn leads to its step and back", async ({
  app,
  page,
}) => {
  await openSession(app);
  await page.keyboard.press("m");
  const feed = page.getByRole("feed", { name: "Turns of the conversation" });
  await expect(feed).toBeFocused();
  await expect(page).toHaveURL(/part=conversation/);
  await page.keyboard.press("j");
  const selected = feed.locator("article[aria-current=true]");
  await expect(selected).toHaveAttribute("aria-posinset", "1");
  await expect(selected.getByRole("region").first()).toBeVisible();
  await expect(app.inspector.getByRole("heading", { level: 2 })).toBeVisible();

  await page.reload();
  await expect(
    selected,
    "the address keeps the view and the turn",
  ).toHaveAttribute("aria-posinset", "1");
  await feed.focus();
  await page.keyboard.press("Enter");
  await expect(app.selectedStep).toBeVisible();
  await expect(page).not.toHaveURL(/part=/);
  await page.keyboard.press("m");
  await expect(selected).toHaveAttribute("aria-posinset", "1");
});

test("sub-agents have conversations of their own, and failures are found with a key", async ({
  app,
  page,
}) => {
  await openSession(app);
  await page.keyboard.press("m");
  const threads = page.getByRole("combobox", { name: "Conversation shown" });
  await expect(threads.locator("option")).toHaveCount(3);
  await page.keyboard.press("e");
  const selected = page.locator("article[aria-current=true]");
  await expect(
    selected.getByText("Failed", { exact: true }).first(),
  ).toBeAttached();
  await threads.selectOption("1");
  await expect(
    page.getByRole("feed").getByRole("article").first(),
  ).toHaveAttribute("aria-posinset", "1");
  await expect(page.getByRole("alert")).toHaveCount(0);
});
