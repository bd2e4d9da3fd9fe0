// One trace: the tree by keyboard, the inspector, the address.
import { expect, realFile, test, textFile, type App } from "./app.ts";
import { retried, run, step } from "./runs.ts";

async function openRetried(app: App): Promise<void> {
  await app.drop(
    textFile(
      "runs.json",
      JSON.stringify([
        retried("t-1", "find shoes"),
        run({ id: "t-2", prompt: "other" }),
      ]),
    ),
  );
  await app.row("find shoes").click();
  await expect(app.steps).toBeVisible();
}

test("a failed attempt is found with a key, and its error, input and retry are shown", async ({
  app,
  page,
}) => {
  await openRetried(app);
  await app.steps.focus();
  await page.keyboard.press("e");
  await expect(app.selectedStep).toContainText("search");
  await expect(app.selectedStep).toContainText("1/2");
  await expect(
    app.inspector.getByRole("tab", { name: "Error" }),
  ).toHaveAttribute("aria-selected", "true");
  await expect(app.inspector.getByRole("tabpanel")).toContainText(
    "the search timed out",
  );
  await expect(app.inspector).toContainText("attempt 1 of 2 · recovered");
  await app.inspector.getByRole("tab", { name: "Input & output" }).click();
  await expect(app.inspector.getByRole("tabpanel")).toContainText("shoes");

  await app.steps.focus();
  await page.keyboard.press("r");
  await expect(app.selectedStep).toContainText("2/2");
  await expect(app.inspector.getByRole("tabpanel")).toContainText("red shoes");
});

test("the arrows walk the tree, and the address remembers the step", async ({
  app,
  page,
}) => {
  await openRetried(app);
  await app.steps.focus();
  await page.keyboard.press("Home");
  const names = [];
  for (let press = 0; press < 3; press++) {
    await page.keyboard.press("ArrowDown");
    names.push(await app.selectedStep.getAttribute("aria-rowindex"));
  }
  expect(names).toEqual(["3", "4", "5"]);
  await expect(app.selectedStep).toContainText("answer");
  await expect(page).toHaveURL(/step=t-1-answer/);
  await page.reload();
  await expect(app.selectedStep).toContainText("answer");
  await expect(app.inspector.getByRole("tabpanel")).toContainText(
    "output of t-1-answer",
  );

  await page.keyboard.press("ArrowUp");
  await page.goBack();
  await expect(app.rows.first()).toBeVisible();
});

test("steps fold under the run and come back", async ({ app, page }) => {
  await openRetried(app);
  await expect(app.steps).toHaveAttribute("aria-rowcount", "5");
  await app.steps.focus();
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowLeft");
  await expect(app.steps).toHaveAttribute("aria-rowcount", "2");
  await page.keyboard.press("ArrowRight");
  await expect(app.steps).toHaveAttribute("aria-rowcount", "5");
});

test("what was tried twice is one row that unfolds into its tries", async ({
  app,
  page,
}) => {
  await openRetried(app);
  const operation = app.step(/search.*2 tries/);
  await expect(operation).toHaveAttribute("aria-expanded", "false");
  await operation.click();
  await expect(app.selectedStep).toContainText("2 tries: recovered");
  await expect(app.inspector).toContainText("red shoes");
  await page.keyboard.press("ArrowRight");
  await expect(app.steps).toHaveAttribute("aria-rowcount", "7");
  await page.keyboard.press("ArrowDown");
  await expect(app.selectedStep).toContainText("1/2");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  await expect(app.steps).toHaveAttribute("aria-rowcount", "5");
  await page.reload();
  await expect(app.selectedStep).toContainText("search");
});

test("a step is found by name", async ({ app, page }) => {
  await openRetried(app);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("answ");
  await page.keyboard.press("Enter");
  await expect(app.selectedStep).toContainText("answer");
});

test("a real agent run shows its model calls, tokens and conversation", async ({
  app,
  page,
}) => {
  await app.drop(
    realFile(
      "otlp-json-genai/evilmartians__agent-prism/rag_earnings_agent.json",
    ),
  );
  await app
    .importCard("rag_earnings_agent.json")
    .getByRole("button", { name: "Open", exact: true })
    .click();
  await expect(app.steps).toHaveAttribute("aria-rowcount", "19");
  await app.steps
    .getByRole("row", { name: /Model call/ })
    .first()
    .click();
  await expect(app.inspector.getByRole("heading", { level: 2 })).toBeVisible();
  await expect(app.inspector).toContainText("Tokens");
  await app.inspector.getByRole("tab", { name: "Raw" }).click();
  await expect(app.inspector.locator(".cm-content")).toContainText("{");
  await expect(page.getByRole("alert")).toHaveCount(0);
});

test("what a trace says is never run, followed or loaded", async ({
  app,
  page,
}) => {
  const hostile =
    '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const steps = [
    step({
      id: "s-1",
      tool: hostile,
      at_s: 0,
      input: { html: hostile, url: "http://198.51.100.7/x.png" },
      output: hostile,
    }),
  ];
  await app.drop(
    textFile(
      "hostile.json",
      JSON.stringify([run({ id: "t-1", prompt: hostile, steps })]),
    ),
  );
  await app.rows.first().click();
  await app.steps.focus();
  await page.keyboard.press("End");
  await expect(app.inspector.getByRole("tabpanel")).toContainText("onerror");
  for (const tab of await app.inspector.getByRole("tab").all()) {
    await tab.click();
    await expect(tab).toHaveAttribute("aria-selected", "true");
  }
  expect(await page.title()).not.toContain("owned");
  expect(
    asked.filter((url) => !url.startsWith(app.url) && !url.startsWith("data:")),
  ).toEqual([]);
});

test("what the time went into lists its steps, and the critical path leads through the run", async ({
  app,
  page,
}) => {
  await openRetried(app);
  const budget = page.getByRole("region", { name: "What the time went into" });
  await budget.getByRole("button", { name: /^Back-off/ }).click();
  const steps = page.getByRole("dialog", { name: "Steps: Back-off" });
  await steps.getByRole("button").first().click();
  await expect(app.selectedStep).toContainText("search");
  await page.keyboard.press("Escape");
  await expect(steps).toBeHidden();

  await app.steps.focus();
  await page.keyboard.press("b");
  await expect(budget).toBeHidden();
  await page.keyboard.press("b");
  await page.keyboard.press("c");
  await expect(
    budget.getByRole("button", { name: "Critical path in the timeline" }),
  ).toHaveAttribute("aria-pressed", "true");
  await page.keyboard.press("Home");
  await app.inspector.getByRole("tab", { name: "Critical path" }).click();
  await app.inspector
    .getByRole("list", { name: "Critical path" })
    .getByRole("button")
    .last()
    .click();
  await expect(page).toHaveURL(/step=/);
});
