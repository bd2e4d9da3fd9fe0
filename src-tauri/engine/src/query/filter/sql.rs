//! From terms to a WHERE clause. Everything that was typed is a bound parameter; the clause itself is made of constants.

use super::{Filter, Has, Interval, NumberField, Pattern, Started, Test, WordField};

/// A value to bind.
#[derive(Clone, Debug, PartialEq)]
pub enum SqlValue {
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number with fraction.
    Real(f64),
}

impl Filter {
    /// The filter as a condition on the rows of the table `trace` (or of its alias, its columns being unqualified), and
    /// the values of the condition's `?` in order. `now_ns`, in nanoseconds since the Unix epoch, is what relative times
    /// count from. A filter without terms gives `TRUE`.
    pub fn sql(&self, now_ns: i64) -> (String, Vec<SqlValue>) {
        let mut clause = Clause { text: String::new(), values: Vec::new(), now_ns };
        for term in &self.terms {
            if !clause.text.is_empty() {
                clause.text.push_str(" AND ");
            }
            clause.test(&term.test);
            // A comparison with NULL is neither true nor false; what is not known matches no test.
            clause.text.push_str(if term.negated { " IS NOT TRUE" } else { " IS TRUE" });
        }
        if clause.text.is_empty() {
            clause.text.push_str("TRUE");
        }
        (clause.text, clause.values)
    }
}

struct Clause {
    text: String,
    values: Vec<SqlValue>,
    now_ns: i64,
}

impl Clause {
    fn test(&mut self, test: &Test) {
        match test {
            Test::Text(pattern) => {
                self.any(&["name", "preview", "key"], |clause, column| clause.like(column, pattern));
            }
            Test::Status(statuses) => self.any(statuses, |clause, status| {
                clause.text.push_str("status = ");
                clause.bind(SqlValue::Int(status.code().into()));
            }),
            Test::Number(field, intervals) => {
                self.any(intervals, |clause, interval| {
                    clause.inside(column(*field), *interval, SqlValue::Int)
                });
            }
            Test::Cost(intervals) => {
                self.any(intervals, |clause, interval| clause.inside("cost_usd", *interval, SqlValue::Real));
            }
            Test::Word(field, patterns) => {
                self.any(patterns, |clause, pattern| clause.word(*field, pattern));
            }
            Test::Started(times) => self.any(times, |clause, time| clause.started(*time)),
            Test::Has(things) => self.any(things, |clause, thing| {
                clause.text.push_str(match thing {
                    Has::Retry => "retry_count > 0",
                    Has::Error => "error_count > 0",
                    Has::Cost => "cost_usd IS NOT NULL",
                    Has::Tokens => "total_tokens IS NOT NULL",
                });
            }),
        }
    }

    fn any<Item>(&mut self, items: &[Item], mut write: impl FnMut(&mut Self, &Item)) {
        self.text.push('(');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                self.text.push_str(" OR ");
            }
            write(self, item);
        }
        self.text.push(')');
    }

    fn bind(&mut self, value: SqlValue) {
        self.text.push('?');
        self.values.push(value);
    }

    fn inside<T: Copy>(&mut self, column: &str, interval: Interval<T>, value: fn(T) -> SqlValue) {
        // Both ends open would still ask for a known value.
        self.text.push_str(column);
        self.text.push_str(" IS NOT NULL");
        for (sign, end) in [(" >= ", interval.from), (" < ", interval.below)] {
            if let Some(end) = end {
                self.text.push_str(" AND ");
                self.text.push_str(column);
                self.text.push_str(sign);
                self.bind(value(end));
            }
        }
    }

    fn started(&mut self, time: Started) {
        let interval = match time {
            Started::Between(interval) => interval,
            Started::Within(ago_ns) => {
                Interval { from: Some(self.now_ns.saturating_sub(ago_ns)), below: None }
            }
            Started::Before(ago_ns) => {
                Interval { from: None, below: Some(self.now_ns.saturating_sub(ago_ns)) }
            }
        };
        self.inside("start_ns", interval, SqlValue::Int);
    }

    fn word(&mut self, field: WordField, pattern: &Pattern) {
        match field {
            WordField::Model => self.like("model", pattern),
            WordField::Project => self.like("project", pattern),
            WordField::Environment => self.like("environment", pattern),
            WordField::Name => self.like("name", pattern),
            WordField::Format => self.like("format", pattern),
            WordField::Conversation => self.like("conversation", pattern),
            WordField::Key => self.like("key", pattern),
            WordField::Source => {
                self.text.push_str("source_id IN (SELECT id FROM source WHERE ");
                self.like("location", pattern);
                self.text.push(')');
            }
        }
    }

    fn like(&mut self, column: &str, pattern: &Pattern) {
        self.text.push_str(column);
        self.text.push_str(" LIKE ");
        self.bind(SqlValue::Text(pattern.like()));
        self.text.push_str(" ESCAPE '\\'");
    }
}

impl Pattern {
    /// The pattern as the right side of `LIKE … ESCAPE '\'`.
    fn like(&self) -> String {
        let mut like = String::new();
        for (index, piece) in self.pieces.iter().enumerate() {
            if index > 0 {
                like.push('%');
            }
            for letter in piece.chars() {
                if matches!(letter, '%' | '_' | '\\') {
                    like.push('\\');
                }
                like.push(letter);
            }
        }
        like
    }
}

fn column(field: NumberField) -> &'static str {
    match field {
        NumberField::Duration => "duration_ns",
        NumberField::Retries => "retry_count",
        NumberField::Errors => "error_count",
        NumberField::Steps => "span_count",
        NumberField::Tokens => "total_tokens",
    }
}
