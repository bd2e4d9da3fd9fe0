//! What may happen in a run of the made-up agent.

use fastrand::Rng;

/// What happens in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Course {
    /// All goes well.
    Steady,
    /// A tool fails once or twice, the agent waits, and it works.
    Retries,
    /// The model's provider refuses for too many requests; the agent waits as long as it is told to, and goes on.
    RateLimit,
    /// A tool never answers; the agent gives up.
    ToolTimeout,
    /// More is sent to the model than it takes.
    ContextOverflow,
    /// The answer is held back by a guardrail.
    Guardrail,
    /// The model takes its time.
    Slow,
    /// The agent's process ends in the middle: nobody tells how the run went on.
    Vanish,
}

impl Course {
    /// All there are.
    pub const ALL: [Self; 8] = [
        Self::Steady,
        Self::Retries,
        Self::RateLimit,
        Self::ToolTimeout,
        Self::ContextOverflow,
        Self::Guardrail,
        Self::Slow,
        Self::Vanish,
    ];

    /// A mixture: most runs end well, and each course comes once in ten.
    const DECK: [Self; 10] = [
        Self::Retries,
        Self::Steady,
        Self::ToolTimeout,
        Self::RateLimit,
        Self::Slow,
        Self::Guardrail,
        Self::Steady,
        Self::ContextOverflow,
        Self::Retries,
        Self::Vanish,
    ];

    /// The word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Steady => "steady",
            Self::Retries => "retries",
            Self::RateLimit => "rate-limit",
            Self::ToolTimeout => "tool-timeout",
            Self::ContextOverflow => "context-overflow",
            Self::Guardrail => "guardrail",
            Self::Slow => "slow",
            Self::Vanish => "vanish",
        }
    }

    /// What happens, in a few words.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Steady => "all goes well",
            Self::Retries => "a tool fails once or twice, and then works",
            Self::RateLimit => "the provider asks for fewer requests; a second try goes through",
            Self::ToolTimeout => "a tool never answers, and the agent gives up",
            Self::ContextOverflow => "more is sent to the model than it takes",
            Self::Guardrail => "the answer is held back by a guardrail",
            Self::Slow => "the model takes its time",
            Self::Vanish => "the agent's process ends in the middle of a run",
        }
    }

    /// The course whose word is `word`.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|course| course.word() == word)
    }

    /// The course of the run with this number, from 1, in a mixture: the first shows retries, as they are what one comes for.
    pub(super) fn of_run(seed: u64, number: u32) -> Self {
        let place = number.saturating_sub(1) as usize;
        let [first, rest @ ..] = Self::DECK;
        let Some(place_in_rest) = (place % Self::DECK.len()).checked_sub(1) else { return first };
        let mut rest = rest;
        Rng::with_seed(seed.wrapping_add((place / Self::DECK.len()) as u64)).shuffle(&mut rest);
        rest.get(place_in_rest).copied().unwrap_or(first)
    }
}
