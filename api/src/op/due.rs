//! What the clock has made due is done one by one, each in a transaction of its own, so that one that cannot be done
//! holds up no other.

use super::Fault;

/// Does `act` to each of `ids`, and says how many it was done to: `act` says `false` where another one was faster.
///
/// # Errors
/// The first fault, after all had their turn; further ones are only logged.
pub async fn each_due<I, F>(ids: Vec<I>, act: impl Fn(I) -> F) -> Result<usize, Fault>
where
    F: Future<Output = Result<bool, Fault>>,
{
    let (mut done, mut failed) = (0, None);
    for id in ids {
        match act(id).await {
            Ok(true) => done += 1,
            Ok(false) => {}
            Err(fault) if failed.is_none() => failed = Some(fault),
            Err(fault) => tracing::warn!(error = %fault.chain(), "a further one that is due could not be done"),
        }
    }
    failed.map_or(Ok(done), Err)
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
        assert_eq!(outcome.await.unwrap_err().message(), "two");
        assert_eq!(*seen.lock().unwrap(), [1, 2, 3, 4]);
        let outcome = each_due(vec![1, 2, 3], |id| std::future::ready(Ok(id != 2)));
        assert_eq!(outcome.await.unwrap(), 2);
    }
}
