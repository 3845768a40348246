//! A file that goes out page by page, so that memory does not grow with it and nothing is held while a slow reader reads.

use super::Download;
use crate::op::Fault;
use async_trait::async_trait;
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::future::ready;

/// What makes the pages of a file, one after the other.
#[async_trait]
pub trait Pages: Send + 'static {
    /// Appends the next page to `output`; the second value says whether there are more.
    ///
    /// # Errors
    /// What ends the file before it is whole.
    async fn page(&mut self, output: Vec<u8>) -> Result<(Bytes, bool), Fault>;
}

impl Download {
    /// A file that begins with `start`. Its first page is made before anything is sent, so that what is wrong is said by
    /// the status.
    ///
    /// # Errors
    /// Those of the first page.
    pub async fn paged(name: String, start: Vec<u8>, mut pages: impl Pages) -> Result<Self, Fault> {
        let (first, more) = pages.page(start).await?;
        let rest = stream::unfold(more.then_some(pages), |pages| async {
            let mut pages = pages?;
            match pages.page(Vec::new()).await {
                Ok((bytes, more)) => Some((Ok(bytes), more.then_some(pages))),
                Err(fault) => Some((Err(fault), None)),
            }
        });
        Ok(Self { name, bytes: stream::once(ready(Ok(first))).chain(rest).boxed() })
    }
}
