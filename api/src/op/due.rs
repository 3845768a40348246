//! What the clock has made due is done one by one, each in a transaction of its own, so that one that cannot be done
//! holds up no other, also none of those that are looked for next.

use super::Fault;

/// Does `act` to each of `ids`, and says how many it was done to: `act` says `false` where another one was faster. Faults
/// are only logged as long as something was done: whoever looks again then finds what else is due, and in the end those
/// that cannot be done by themselves.
///
/// # Errors
/// The first fault, after all had their turn, where it was done to none.
pub async fn each_due<I, F>(ids: Vec<I>, act: impl Fn(I) -> F) -> Result<usize, Fault>
where
    F: Future<Output = Result<bool, Fault>>,
{
    let (mut done, mut failed) = (0, None);
    let log = |fault: &Fault| tracing::warn!(error = %fault.chain(), "one of those that are due could not be done");
    for id in ids {
        match act(id).await {
            Ok(true) => done += 1,
            Ok(false) => {}
            Err(fault) if failed.is_none() => failed = Some(fault),
            Err(fault) => log(&fault),
        }
    }
    match failed {
        Some(fault) if done == 0 => Err(fault),
        failed => {
            failed.iter().for_each(log);
            Ok(done)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Mutex;

    #[tokio::test]
    async fn one_that_fails_holds_up_no_other() {
        let seen = Mutex::new(Vec::new());
        let outcome = each_due(vec![1, 2, 3, 4], |id| {
            seen.lock().unwrap().push(id);
            std::future::ready(match id {
                2 => Err(Fault::bad_input("two")),
                3 => Err(Fault::bad_input("three")),
                _ => Ok(true),
            })
        });
        assert_eq!(outcome.await.unwrap(), 2);
        assert_eq!(*seen.lock().unwrap(), [1, 2, 3, 4]);
        // When nothing else is left, they are told.
        let outcome = each_due(vec![2, 3, 5], |id| {
            std::future::ready(if id == 5 { Ok(false) } else { Err(Fault::bad_input(id.to_string())) })
        });
        assert_eq!(outcome.await.unwrap_err().message(), "2");
        let outcome = each_due(vec![1, 2, 3], |id| std::future::ready(Ok(id != 2)));
        assert_eq!(outcome.await.unwrap(), 2);
    }
}
