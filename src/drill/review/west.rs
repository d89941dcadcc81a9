//! Checkout, as the west team wrote it: a step says what comes next, and the end is in one place.

use super::desk::{ATTEMPTS, Answer, Desk, Order, Reply};

/// First wait before another attempt; it doubles with each.
const WAIT_MS: u32 = 200;

/// What comes next.
enum Step {
    Reserve,
    Pay { attempt: u32 },
    End(Answer),
}

/// Takes an order to its end, whatever that is.
pub fn checkout(desk: &mut Desk, order: &Order) -> Answer {
    let mut session = None;
    let mut step = if order.items == 0 { Step::End(Answer::Empty) } else { Step::Reserve };

    loop {
        step = match step {
            Step::Reserve => {
                session = Some(desk.open_session());
                if desk.reserve(order) { Step::Pay { attempt: 1 } } else { Step::End(Answer::SoldOut) }
            }

            Step::Pay { .. } if desk.client_is_gone() => {
                desk.note("the client has left");
                Step::End(Answer::Cancelled)
            }

            Step::Pay { attempt } => {
                let Some(session) = session else {
                    // There is one since the order was reserved.
                    return Answer::Empty;
                };
                match desk.charge(session) {
                    Reply::Approved => Step::End(Answer::Confirmed),
                    Reply::Refused => Step::End(Answer::Refused),
                    Reply::TimedOut if attempt == ATTEMPTS => Step::End(Answer::TimedOut),
                    Reply::TimedOut => {
                        desk.note("timed out, tries again");
                        desk.wait(WAIT_MS << attempt);
                        Step::Pay { attempt: attempt + 1 }
                    }
                }
            }

            Step::End(answer) => {
                match answer {
                    Answer::Confirmed => desk.note("confirmed"),
                    Answer::SoldOut => desk.note("sold out"),
                    Answer::Empty => desk.note("an empty order"),
                    _ => desk.release(),
                }
                if let Some(session) = session.take() {
                    desk.terminate(session);
                }
                return answer;
            }
        };
    }
}
