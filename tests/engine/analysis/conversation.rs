//! Requests of model calls, drawn as words: `s:` instructions, `u:` the user, `a:` the model, `t:` a tool.

use engine::analysis::conversation::{
    AnswerBefore, CallMessages, CallPlace, Change, Conversation, Edit, MessageKey, Relation, Speaker, Thread,
};

fn key(word: &str) -> MessageKey {
    let speaker = match word.split_once(':').map(|(who, _)| who) {
        Some("s") => Speaker::System,
        Some("u") => Speaker::User,
        Some("a") => Speaker::Assistant,
        Some("t") => Speaker::Tool,
        _ => Speaker::Other,
    };
    // `r:` is reasoning alone.
    let hash =
        if word.starts_with("r:") { 0 } else { word.bytes().fold(7, |sum, byte| sum * 31 + u64::from(byte)) };
    MessageKey { hash, speaker, characters: 10 }
}

fn keys(words: &str) -> Vec<MessageKey> {
    words.split_whitespace().map(key).collect()
}

/// `request > answer`.
fn call(drawn: &str) -> CallMessages {
    let (request, answer) = drawn.split_once('>').unwrap_or((drawn, ""));
    CallMessages { request: keys(request), answer: keys(answer), tools_hash: 0 }
}

fn run(calls: &[&str]) -> Conversation {
    of(calls.iter().map(|drawn| (CallPlace::default(), *drawn)))
}

fn of<'a>(calls: impl IntoIterator<Item = (CallPlace, &'a str)>) -> Conversation {
    let mut conversation = Conversation::default();
    for (place, drawn) in calls {
        conversation.add(place, call(drawn));
    }
    conversation
}

fn last(conversation: &Conversation) -> &Change {
    conversation.changes().last().unwrap()
}

#[test]
fn a_history_that_grows_adds_what_is_new_and_does_not_say_the_answer_again() {
    let run = run(&["s:be-kind u:hi > a:hello", "s:be-kind u:hi a:hello u:bye > a:bye"]);
    let [first, second] = run.changes() else { panic!("two calls") };
    assert_eq!((first.relation, first.added.as_slice()), (Relation::Begins, [1].as_slice()));
    assert!(first.system_changed && !second.system_changed);
    assert_eq!((second.relation, second.before), (Relation::Continues, Some(0)));
    assert_eq!((second.kept, second.added.as_slice()), (1, [3].as_slice()));
    assert_eq!(second.answer, AnswerBefore::Kept);
    assert_eq!((second.removed.len(), second.edited.len()), (0, 0));
}

#[test]
fn a_compaction_takes_messages_out_and_puts_a_summary_in_their_place() {
    let run = run(&["s:x u:1 a:2 t:3 a:4 t:5 u:6 > a:7", "s:x u:1 u:summary u:6 a:7 u:8 > a:9"]);
    let change = last(&run);
    assert_eq!((change.kept, change.removed.as_slice()), (2, [2, 3, 4, 5].as_slice()));
    assert_eq!((change.removed_characters, change.in_their_place), (40, 1));
    assert_eq!(change.added, [2, 5]);
    assert_eq!(change.answer, AnswerBefore::Kept);
}

#[test]
fn a_window_that_slides_loses_its_beginning() {
    let run = run(&["u:1 a:2 u:3 > a:4", "u:3 a:4 u:5 > a:6"]);
    let change = last(&run);
    assert_eq!(
        (change.kept, change.removed.as_slice(), change.added.as_slice()),
        (1, [0, 1].as_slice(), [2].as_slice())
    );
}

#[test]
fn a_history_that_is_compacted_as_a_whole_is_known_by_its_instructions() {
    let run = run(&["s:x u:1 a:2 u:3 > a:4", "s:x u:summary > a:5"]);
    let change = last(&run);
    assert_eq!((change.relation, change.before), (Relation::Replaces, Some(0)));
    assert_eq!((change.removed.as_slice(), change.added.as_slice()), ([1, 2, 3].as_slice(), [1].as_slice()));
}

#[test]
fn items_under_the_same_instructions_are_conversations_of_their_own() {
    let run = run(&["s:judge u:item-1 > a:good", "s:judge u:item-2 > a:bad"]);
    assert_eq!(last(&run).relation, Relation::Begins);
    assert_eq!(run.threads(), [Thread { agent: 0, calls: vec![0, 1] }], "they are read one after another");
}

#[test]
fn a_message_with_another_content_at_the_same_place_is_edited() {
    let run = run(&["u:1 a:2 t:long u:3 > a:4", "u:1 a:2 t:cleared u:3 a:4 u:5 > a:6"]);
    let change = last(&run);
    assert_eq!(change.edited, [Edit { before: 2, now: 2 }]);
    assert_eq!((change.kept, change.removed.len(), change.added.as_slice()), (3, 0, [5].as_slice()));
}

#[test]
fn an_answer_in_other_words_is_told_from_one_that_is_left_out() {
    let run = run(&["u:1 > a:2", "u:1 a:two t:3 > a:4", "u:1 a:two t:3 u:5 > a:6"]);
    let [_, changed, left_out] = run.changes() else { panic!("three calls") };
    assert_eq!((changed.answer, changed.answer_changed.as_slice()), (AnswerBefore::Changed, [1].as_slice()));
    assert_eq!(changed.added, [2]);
    assert_eq!((left_out.answer, left_out.added.as_slice()), (AnswerBefore::LeftOut, [3].as_slice()));
}

#[test]
fn a_call_that_is_tried_again_adds_nothing() {
    let run = run(&["s:x u:1", "s:x u:1 > a:2", "s:x u:1 > a:3"]);
    for change in &run.changes()[1..] {
        assert_eq!((change.relation, change.kept, change.added.len()), (Relation::Again, 1, 0));
    }
}

#[test]
fn agents_that_take_turns_without_steps_of_their_own_are_told_apart() {
    let run = run(&[
        "s:plan u:task > a:p1",
        "s:act u:task > a:q1",
        "s:plan u:task a:p1 u:p2 > a:p3",
        "s:act u:task a:q1 t:q2 > a:q3",
        "s:plan u:task a:p1 u:p2 a:p3 u:p4 > a:p5",
    ]);
    assert_eq!(
        run.threads(),
        [Thread { agent: 0, calls: vec![0, 2, 4] }, Thread { agent: 0, calls: vec![1, 3] }]
    );
    assert_eq!(run.changes()[3].added, [3]);
    assert!(run.changes().iter().all(|change| change.removed.is_empty() && change.edited.is_empty()));
}

#[test]
fn an_agent_with_a_step_for_every_turn_is_one_conversation() {
    let turn = |agent| CallPlace { agent, family: 9, told_in_parts: false };
    let one = of([(turn(1), "u:1 > a:2"), (turn(2), "u:1 a:2 u:3 > a:4")]);
    assert_eq!(one.threads(), [Thread { agent: 1, calls: vec![0, 1] }]);
    let two = of([(turn(1), "u:1 > a:2"), (turn(2), "u:else > a:4")]);
    assert_eq!(two.threads().len(), 2, "a second agent of the same name with a task of its own");
}

#[test]
fn what_is_told_in_parts_is_appended_and_never_called_removed() {
    let part = CallPlace { told_in_parts: true, ..CallPlace::default() };
    let run = of([(part, "u:1 > a:2"), (part, "t:3 > a:4"), (part, "u:1"), (part, "u:1 > a:5")]);
    let relations: Vec<_> = run.changes().iter().map(|change| change.relation).collect();
    use Relation::{Again, Appends, Begins};
    assert_eq!(relations, [Begins, Appends, Appends, Again], "the last is another try of the one before");
    assert!(run.changes().iter().all(|change| change.removed.is_empty()));
}

#[test]
fn a_conversation_does_not_begin_with_the_result_of_a_tool() {
    let run = run(&["s:x u:1 > a:call", "t:result > a:done"]);
    assert_eq!((last(&run).relation, last(&run).system_changed), (Relation::Appends, false));
}

#[test]
fn reasoning_alone_is_neither_missed_nor_compared() {
    let run = run(&["u:1 r:thought > r:more a:2", "u:1 a:2 r:new u:3 > a:4"]);
    assert_eq!((last(&run).removed.len(), last(&run).answer), (0, AnswerBefore::Kept));
    assert_eq!(last(&run).added, [2, 3]);
}

#[test]
fn thousands_of_calls_that_send_everything_again_are_compared() {
    let mut conversation = Conversation::default();
    let mut request = keys("s:x u:0");
    for number in 0..2_000 {
        let answer = vec![key(&format!("a:{number}"))];
        conversation.add(
            CallPlace::default(),
            CallMessages { request: request.clone(), answer: answer.clone(), tools_hash: 0 },
        );
        request.extend(answer);
        request.push(key(&format!("t:{number}")));
    }
    assert!(conversation.changes()[1..].iter().all(|change| change.added.len() == 1));
}
