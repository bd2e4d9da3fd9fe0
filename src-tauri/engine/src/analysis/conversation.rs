//! What each model call of a run adds to its conversation, and what was taken out of it since the call before.
//!
//! A call usually sends the whole history again. Here a message is no more than a hash, so a run of thousands of calls is
//! compared without holding its texts: calls are added in order ([`Conversation::add`]), each is compared with the call whose
//! conversation it goes on with, and only the hashes of the latest call of each conversation are kept.
//!
//! Calls stand in threads ([`Conversation::threads`]): one an agent, more where conversations of one agent run side by side.

use std::collections::HashMap;

/// Conversations of one agent that a call may go on with: the latest so many.
const MOST_OPEN: usize = 32;
/// Of those, in which the end of a history is looked for where its beginning is gone.
const MOST_SEARCHED: usize = 4;
/// Two histories of which the product of lengths is beyond this are matched less carefully.
const MOST_CELLS: usize = 4_000_000;
/// A history at least so long that shares nothing with the call after it may have been compacted as a whole.
const LONG_HISTORY: usize = 3;

/// Who says a message, as far as it makes a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Speaker {
    /// Instructions.
    System,
    /// The user, or whoever asks.
    User,
    /// The model.
    Assistant,
    /// A tool.
    Tool,
    /// Anybody else.
    Other,
}

/// A message as it is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MessageKey {
    /// Of what it means, without what differs by chance; 0 for what is not compared (reasoning alone).
    pub hash: u64,
    /// Who says it.
    pub speaker: Speaker,
    /// How long it is.
    pub characters: u32,
}

/// The messages of a call.
#[derive(Clone, Debug, Default)]
pub struct CallMessages {
    /// What was sent, in order; instructions may stand at its beginning.
    pub request: Vec<MessageKey>,
    /// What was answered.
    pub answer: Vec<MessageKey>,
    /// Of the definitions of the tools; 0 for none.
    pub tools_hash: u64,
}

impl CallMessages {
    /// How many messages at the beginning are instructions: they are compared as a whole, apart from what is said.
    pub fn system_count(&self) -> usize {
        self.request.iter().take_while(|key| key.speaker == Speaker::System).count()
    }
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, Default)]
pub struct CallPlace {
    /// The agent that makes it; 0 for the run itself.
    pub agent: u64,
    /// Agents of one name under one other: a new one may go on with the conversation of an earlier one.
    pub family: u64,
    /// Its source tells what was new since the call before, not the whole request.
    pub told_in_parts: bool,
}

/// How a call goes on with what was said before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Relation {
    /// It begins a conversation.
    #[default]
    Begins,
    /// It sends the history of the call before, with more in it or less.
    Continues,
    /// It sends what the call before sent: another try, or another answer.
    Again,
    /// It sends, or its source tells, what is new alone.
    Appends,
    /// Under the same instructions, nothing of a long history is left: compacted as a whole, or begun anew.
    Replaces,
}

/// What became of the answer of the call before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerBefore {
    /// There was none.
    #[default]
    None,
    /// It is part of the history now.
    Kept,
    /// It is, in other words.
    Changed,
    /// It is not in the history.
    LeftOut,
}

/// A message at the place of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Where it stood in the request before.
    pub before: u32,
    /// Where it stands now.
    pub now: u32,
}

/// What a call changed. Places are indices into requests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// How it goes on.
    pub relation: Relation,
    /// The call it is compared with, as the number of its coming.
    pub before: Option<u32>,
    /// Messages it has in common with the request before, instructions aside.
    pub kept: u32,
    /// Places of the messages that are new.
    pub added: Vec<u32>,
    /// Messages of which the content is another.
    pub edited: Vec<Edit>,
    /// Places, in the request before, of the messages that are gone.
    pub removed: Vec<u32>,
    /// How long those were.
    pub removed_characters: u64,
    /// How many of the added stand where removed ones stood: a summary of them.
    pub in_their_place: u32,
    /// The answer of the call before.
    pub answer: AnswerBefore,
    /// Places of messages that are that answer in other words.
    pub answer_changed: Vec<u32>,
    /// The instructions are others than before.
    pub system_changed: bool,
    /// The tools are others than before.
    pub tools_changed: bool,
}

/// A conversation that may go on.
#[derive(Clone, Debug)]
struct Chain {
    calls: Vec<u32>,
    last: CallMessages,
    system_hash: u64,
}

/// Calls that are read one after another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Thread {
    /// The agent; 0 for the run itself.
    pub agent: u64,
    /// Its calls in order, by the numbers of their coming.
    pub calls: Vec<u32>,
}

/// The model calls of a run, compared.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    changes: Vec<Change>,
    chains: Vec<Chain>,
    /// The chains of each agent, in order.
    chains_of: HashMap<u64, Vec<usize>>,
    /// The agent that last stood for a family.
    family: HashMap<u64, u64>,
    /// Agents that go on with the conversation of another.
    same_as: HashMap<u64, u64>,
}

impl Conversation {
    /// Compares the next call with those before it.
    pub fn add(&mut self, place: CallPlace, messages: CallMessages) {
        let number = self.changes.len() as u32;
        let system_hash = hash_of(&messages.request[..messages.system_count()]);
        let agent = self.agent_of(&place, &messages, system_hash);
        let found = self.chain_for(agent, &place, &messages, system_hash);
        let Some((at, mut change)) = found else {
            self.changes.push(Change {
                added: places(&messages, 0).map(|(place, _)| place).collect(),
                system_changed: system_hash != 0,
                tools_changed: messages.tools_hash != 0,
                ..Change::default()
            });
            self.chains_of.entry(agent).or_default().push(self.chains.len());
            self.chains.push(Chain { calls: vec![number], last: messages, system_hash });
            return;
        };
        let chain = &mut self.chains[at];
        change.before = chain.calls.last().copied();
        // What is told in parts says its instructions and tools once.
        let says_all = change.relation != Relation::Appends;
        let says_system = says_all || system_hash != 0;
        let says_tools = says_all || messages.tools_hash != 0;
        change.system_changed = says_system && system_hash != chain.system_hash;
        change.tools_changed = says_tools && messages.tools_hash != chain.last.tools_hash;
        if says_system {
            chain.system_hash = system_hash;
        }
        let tools_hash = if says_tools { messages.tools_hash } else { chain.last.tools_hash };
        chain.calls.push(number);
        chain.last = CallMessages { tools_hash, ..messages };
        self.changes.push(change);
    }

    /// What each call changed, in the order of their coming.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The agent as which the calls of `agent` are counted: the one whose conversation it goes on with.
    pub fn stands_for(&self, agent: u64) -> u64 {
        self.same_as.get(&agent).copied().unwrap_or(agent)
    }

    /// The threads, by their first calls. Conversations of one agent that follow one another are one thread.
    pub fn threads(&self) -> Vec<Thread> {
        let mut threads = Vec::new();
        for (agent, chains) in &self.chains_of {
            let mut main = Thread { agent: *agent, calls: Vec::new() };
            let mut busy_until = None;
            for chain in chains.iter().map(|at| &self.chains[*at]) {
                let (first, last) = (chain.calls.first().copied(), chain.calls.last().copied());
                let is_beside = chain.calls.len() > 1 && busy_until.is_some() && first < busy_until;
                if is_beside {
                    threads.push(Thread { agent: *agent, calls: chain.calls.clone() });
                    continue;
                }
                main.calls.extend(&chain.calls);
                if chain.calls.len() > 1 {
                    busy_until = busy_until.max(last);
                }
            }
            main.calls.sort_unstable();
            threads.push(main);
        }
        threads.sort_by_key(|thread| thread.calls.first().copied());
        threads
    }

    /// The agent under which a call is counted. An agent that was not seen before may go on with the conversation of its
    /// family's last: one is often made for every turn.
    fn agent_of(&mut self, place: &CallPlace, messages: &CallMessages, system_hash: u64) -> u64 {
        let agent = self.stands_for(place.agent);
        if self.chains_of.contains_key(&agent) {
            return agent;
        }
        let before = self.family.insert(place.family, agent).filter(|before| *before != agent);
        let Some(before) = before else { return agent };
        let goes_on = self
            .chain_for(before, &CallPlace { told_in_parts: false, ..*place }, messages, system_hash)
            .is_some_and(|(_, change)| {
                matches!(change.relation, Relation::Continues)
                    && change.removed.is_empty()
                    && change.edited.is_empty()
            });
        if !goes_on {
            return agent;
        }
        self.family.insert(place.family, before);
        self.same_as.insert(place.agent, before);
        before
    }

    /// The chain that a call goes on with, and how.
    fn chain_for(
        &self,
        agent: u64,
        place: &CallPlace,
        messages: &CallMessages,
        system_hash: u64,
    ) -> Option<(usize, Change)> {
        let chains = self.chains_of.get(&agent)?;
        let latest = || chains.iter().rev().take(MOST_OPEN).map(|at| (*at, &self.chains[*at]));
        if place.told_in_parts {
            let (at, chain) = latest().next()?;
            return Some((at, self.told_in_part(chain, messages)));
        }
        let mut best: Option<(usize, usize)> = None;
        for (at, chain) in latest() {
            let common = common_start(&chain.last, messages);
            // Agents may be asked the same under other instructions; more in common than that is one conversation.
            let least = if chain.system_hash == system_hash { 1 } else { 2 };
            if common >= least && best.is_none_or(|(most, _)| common > most) {
                best = Some((common, at));
            }
        }
        if let Some((_, at)) = best {
            return Some((at, compared(&self.chains[at].last, messages)));
        }
        // A history that lost its beginning.
        let alike = || latest().filter(|(_, chain)| chain.system_hash == system_hash);
        for (at, chain) in alike().take(MOST_SEARCHED) {
            let change = compared(&chain.last, messages);
            if change.kept > 0 || change.answer == AnswerBefore::Kept {
                return Some((at, change));
            }
        }
        // A conversation does not begin with the result of a tool: this is the next part of one.
        if places(messages, 0).next().is_some_and(|(_, key)| key.speaker == Speaker::Tool) {
            let (at, chain) = latest().next()?;
            return Some((at, self.told_in_part(chain, messages)));
        }
        let (at, chain) = alike().next().filter(|_| system_hash != 0)?;
        let before: Vec<_> = places(&chain.last, 0).collect();
        if before.len() < LONG_HISTORY {
            return None;
        }
        let change = Change {
            relation: Relation::Replaces,
            added: places(messages, 0).map(|(place, _)| place).collect(),
            removed: before.iter().map(|(place, _)| *place).collect(),
            removed_characters: before.iter().map(|(_, key)| u64::from(key.characters)).sum(),
            ..Change::default()
        };
        Some((at, change))
    }

    /// How a call goes on of which the source tells what is new.
    fn told_in_part(&self, chain: &Chain, messages: &CallMessages) -> Change {
        let whole = compared(&chain.last, messages);
        let had_answer = !chain.last.answer.is_empty();
        let is_retry = whole.relation == Relation::Again && !had_answer;
        let is_whole = whole.kept > 0 && whole.removed.is_empty() && whole.answer == AnswerBefore::Kept;
        if is_retry || is_whole {
            return whole;
        }
        Change {
            relation: Relation::Appends,
            added: places(messages, 0).map(|(place, _)| place).collect(),
            answer: if had_answer { AnswerBefore::Kept } else { AnswerBefore::None },
            ..Change::default()
        }
    }
}

/// The messages of a request after its instructions, with their places, from the place `from` on.
fn places(messages: &CallMessages, from: usize) -> impl Iterator<Item = (u32, MessageKey)> + '_ {
    let start = messages.system_count().max(from);
    messages.request.iter().enumerate().skip(start).map(|(place, key)| (place as u32, *key))
}

fn hash_of(keys: &[MessageKey]) -> u64 {
    keys.iter().fold(0, |sum: u64, key| sum.rotate_left(7).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ key.hash)
}

/// How many messages the request before, and its answer, have in common with this request from the first on.
fn common_start(before: &CallMessages, now: &CallMessages) -> usize {
    let is_compared = |key: &MessageKey| key.hash != 0;
    let asked =
        places(before, 0).map(|(_, key)| key).chain(before.answer.iter().copied()).filter(is_compared);
    let new = places(now, 0).map(|(_, key)| key).filter(is_compared);
    asked.zip(new).take_while(|(a, b)| a.hash == b.hash).count()
}

/// Compares a request with the one before and its answer.
fn compared(before: &CallMessages, now: &CallMessages) -> Change {
    let is_compared = |(_, key): &(u32, MessageKey)| key.hash != 0;
    let mut old: Vec<(u32, MessageKey)> = places(before, 0).filter(is_compared).collect();
    let asked = old.len();
    old.extend(before.answer.iter().map(|key| (u32::MAX, *key)).filter(is_compared));
    let new: Vec<(u32, MessageKey)> = places(now, 0).filter(is_compared).collect();

    let same = old.iter().zip(&new).take_while(|(a, b)| a.1.hash == b.1.hash).count();
    let mut pairs: Vec<(usize, usize)> = (0..same).map(|at| (at, at)).collect();
    pairs.extend(matched(&old[same..], &new[same..]).into_iter().map(|(a, b)| (a + same, b + same)));

    let mut change =
        Change { kept: pairs.iter().filter(|(a, _)| *a < asked).count() as u32, ..Change::default() };
    let kept_answer = pairs.iter().any(|(a, _)| *a >= asked);
    let (mut a, mut b) = (0, 0);
    for (next_a, next_b) in pairs.iter().copied().chain([(old.len(), new.len())]) {
        let is_last = next_a == old.len() && next_b == new.len();
        let asked_here = a.min(asked)..next_a.min(asked);
        let answered_here = a.max(asked).min(next_a)..next_a;
        change.settle(&old[asked_here], &old[answered_here], &new[b..next_b], is_last);
        (a, b) = (next_a + 1, next_b + 1);
    }
    change.answer = match (old.len() > asked, kept_answer, change.answer_changed.is_empty()) {
        (false, ..) => AnswerBefore::None,
        (_, true, _) => AnswerBefore::Kept,
        (_, _, false) => AnswerBefore::Changed,
        _ => AnswerBefore::LeftOut,
    };
    let is_same = change.added.is_empty() && change.edited.is_empty() && change.removed.is_empty();
    change.relation = if is_same && !kept_answer && change.answer_changed.is_empty() {
        Relation::Again
    } else {
        Relation::Continues
    };
    // What is not compared goes with what stands before it.
    let last_known = pairs.last().and_then(|(_, at)| new.get(*at)).map(|(place, _)| *place);
    let unseen =
        places(now, 0).filter(|each| !is_compared(each) && last_known.is_none_or(|last| each.0 > last));
    change.added.extend(unseen.map(|(place, _)| place));
    change.added.sort_unstable();
    change
}

impl Change {
    /// Settles what stands between two messages that are the same: what stood there (asked, then answered), what stands
    /// there now.
    fn settle(
        &mut self,
        asked: &[(u32, MessageKey)],
        answered: &[(u32, MessageKey)],
        new: &[(u32, MessageKey)],
        is_last: bool,
    ) {
        let takes_their_place = is_start(asked, new)
            && (is_last || new.len() == asked.len() || new.len() == asked.len() + answered.len());
        if !takes_their_place {
            self.removed.extend(asked.iter().map(|(place, _)| *place));
            self.removed_characters += asked.iter().map(|(_, key)| u64::from(key.characters)).sum::<u64>();
            if !is_last {
                self.in_their_place += new.len() as u32;
            }
            self.added.extend(new.iter().map(|(place, _)| *place));
            return;
        }
        let (edited, rest) = new.split_at(asked.len());
        self.edited.extend(asked.iter().zip(edited).map(|(a, b)| Edit { before: a.0, now: b.0 }));
        let restated = if is_start(answered, rest) { answered.len() } else { 0 };
        self.answer_changed.extend(rest[..restated].iter().map(|(place, _)| *place));
        self.added.extend(rest[restated..].iter().map(|(place, _)| *place));
    }
}

/// Whether the speakers of `old` are those at the beginning of `new`.
fn is_start(old: &[(u32, MessageKey)], new: &[(u32, MessageKey)]) -> bool {
    new.len() >= old.len() && old.iter().zip(new).all(|(a, b)| a.1.speaker == b.1.speaker)
}

/// The longest list of pairs, in the order of both, of messages that are the same.
fn matched(old: &[(u32, MessageKey)], new: &[(u32, MessageKey)]) -> Vec<(usize, usize)> {
    if old.is_empty() || new.is_empty() {
        return Vec::new();
    }
    if old.len().saturating_mul(new.len()) > MOST_CELLS {
        return matched_in_order(old, new);
    }
    let width = new.len() + 1;
    let mut longest = vec![0_u32; (old.len() + 1) * width];
    for a in (0..old.len()).rev() {
        for b in (0..new.len()).rev() {
            longest[a * width + b] = if old[a].1.hash == new[b].1.hash {
                longest[(a + 1) * width + b + 1] + 1
            } else {
                longest[(a + 1) * width + b].max(longest[a * width + b + 1])
            };
        }
    }
    let (mut a, mut b, mut pairs) = (0, 0, Vec::new());
    while a < old.len() && b < new.len() {
        if old[a].1.hash == new[b].1.hash {
            pairs.push((a, b));
            (a, b) = (a + 1, b + 1);
        } else if longest[(a + 1) * width + b] >= longest[a * width + b + 1] {
            a += 1;
        } else {
            b += 1;
        }
    }
    pairs
}

/// As [`matched`], in linear time: each message with the next like it.
fn matched_in_order(old: &[(u32, MessageKey)], new: &[(u32, MessageKey)]) -> Vec<(usize, usize)> {
    let mut places_of: HashMap<u64, Vec<usize>> = HashMap::new();
    for (at, (_, key)) in old.iter().enumerate() {
        places_of.entry(key.hash).or_default().push(at);
    }
    let (mut from, mut pairs) = (0, Vec::new());
    for (b, (_, key)) in new.iter().enumerate() {
        let Some(places) = places_of.get(&key.hash) else { continue };
        let Some(a) = places.get(places.partition_point(|at| *at < from)) else { continue };
        pairs.push((*a, b));
        from = a + 1;
    }
    pairs
}
