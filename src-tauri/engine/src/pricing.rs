//! What model calls cost where the source does not say: a table of prices by model, from the program (`data/prices.json`,
//! dated) and from a file of the person's own beside the database, which goes before it. May import `model`, `error`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};
use crate::model::Tokens;

/// The table that comes with the program.
const BUILT_IN: &str = include_str!("../data/prices.json");
/// The name of a person's own table, in the folder of the database.
const OWN_FILE: &str = "prices.json";

/// US dollars for a million tokens of one model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Tokens of the prompt.
    pub input: f64,
    /// Tokens of the answer.
    pub output: f64,
    /// Tokens of the prompt that were read from a cache; as the others where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_read: Option<f64>,
    /// Tokens of the prompt that were written to a cache; as the others where it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write: Option<f64>,
}

/// A table as it is written.
#[derive(Debug, Deserialize)]
struct Table {
    #[serde(default)]
    dated: String,
    models: BTreeMap<String, Price>,
}

/// Prices by model.
#[derive(Clone, Debug, Default)]
pub struct Prices {
    by_model: BTreeMap<String, Price>,
    dated: String,
    own_models: usize,
}

impl Prices {
    /// The built-in table, with the person's own before it if there is one in `folder`.
    ///
    /// # Errors
    /// `Invalid` if their file can't be read as a table: says where it is wrong. The built-in table still holds.
    pub fn load(folder: &Path) -> (Self, Result<()>) {
        let mut prices = Self::built_in();
        let path = Self::own_path(folder);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return (prices, Ok(())),
            Err(error) => {
                let message = format!("{} can't be read: {error}", path.display());
                return (prices, Err(Error::new(Code::Io, message)));
            }
        };
        let table = parse(&text).map_err(|error| {
            Error::invalid(format!(
                "{} is no table of prices: {error}; the built-in prices are used",
                path.display()
            ))
        });
        let read = table.map(|table| {
            prices.own_models = table.models.len();
            if !table.dated.is_empty() {
                prices.dated = table.dated;
            }
            prices.by_model.extend(table.models.into_iter().map(|(model, price)| (normal(&model), price)));
        });
        (prices, read)
    }

    /// The table that comes with the program.
    pub fn built_in() -> Self {
        // A test reads the file; a mistake in it leaves costs blank.
        let table = parse(BUILT_IN).unwrap_or(Table { dated: String::new(), models: BTreeMap::new() });
        let by_model = table.models.into_iter().map(|(model, price)| (normal(&model), price)).collect();
        Self { by_model, dated: table.dated, own_models: 0 }
    }

    /// The built-in table as text, for a person to begin their own with.
    pub fn built_in_text() -> &'static str {
        BUILT_IN
    }

    /// Where a person's own table lies.
    pub fn own_path(folder: &Path) -> PathBuf {
        folder.join(OWN_FILE)
    }

    /// The date of the table, as it says itself.
    pub fn dated(&self) -> &str {
        &self.dated
    }

    /// How many models have a price, and how many of these a person gave.
    pub fn counts(&self) -> (usize, usize) {
        (self.by_model.len(), self.own_models)
    }

    /// Tells one table from another.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_vec(&self.by_model).unwrap_or_default();
        format!("{:032x}", xxhash_rust::xxh3::xxh3_128(&text))
    }

    /// What a call of `model` with these tokens costs in US dollars; `None` if the model has no price or the counts are not
    /// split into prompt and answer.
    pub fn cost_usd(&self, model: &str, tokens: &Tokens) -> Option<f64> {
        const MILLION: f64 = 1e6;
        let price = self.price(model)?;
        let input = tokens.input?;
        let output = match tokens.output {
            Some(output) => output,
            // What gives no answer (embeddings) has none to count.
            None if price.output == 0.0 => 0,
            None => return None,
        };
        let read = tokens.cache_read.unwrap_or(0).min(input);
        let written = tokens.cache_write.unwrap_or(0).min(input - read);
        let plain = input - read - written;
        let cost = plain as f64 * price.input
            + read as f64 * price.cache_read.unwrap_or(price.input)
            + written as f64 * price.cache_write.unwrap_or(price.input)
            + output as f64 * price.output;
        Some(cost / MILLION)
    }

    /// The price of a model, under its whole name or without the date or version at its end.
    fn price(&self, model: &str) -> Option<Price> {
        let mut name = normal(model);
        loop {
            if let Some(price) = self.by_model.get(&name) {
                return Some(*price);
            }
            name = without_version(&name)?.to_owned();
        }
    }
}

fn parse(text: &str) -> std::result::Result<Table, String> {
    let table: Table = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let is_wrong = |price: &Price| {
        let all = [Some(price.input), Some(price.output), price.cache_read, price.cache_write];
        all.into_iter().flatten().any(|usd| !usd.is_finite() || usd < 0.0)
    };
    match table.models.iter().find(|(_, price)| is_wrong(price)) {
        Some((model, _)) => Err(format!("the prices of {model} must be dollars from 0 up")),
        None => Ok(table),
    }
}

/// A model's name without who serves it (`openai/`, `models/`, `us.anthropic.`), in lower case, with hyphens alone.
fn normal(model: &str) -> String {
    let model = model.trim().to_ascii_lowercase();
    let name = model.rsplit('/').next().unwrap_or(&model);
    let name = ["anthropic.", "meta.", "mistral.", "amazon.", "cohere."]
        .iter()
        .find_map(|vendor| name.split_once(vendor).map(|(_, name)| name))
        .unwrap_or(name);
    name.replace(['.', '_', '@', ':'], "-")
}

/// The name without its last part, if that is a date, a version or a word for the newest.
fn without_version(name: &str) -> Option<&str> {
    let (rest, last) = name.rsplit_once('-')?;
    let digits = last.bytes().all(|byte| byte.is_ascii_digit());
    let is_date_part = digits && (last.len() == 2 || last.len() == 4 || last.len() == 8 || last.len() == 3);
    // `-v1-0`: the version of a deployment.
    let is_revision = last == "0" && rest.ends_with("-v1") || last == "v1" || last == "v2";
    (is_date_part || is_revision || matches!(last, "latest" | "preview" | "exp")).then_some(rest)
}
