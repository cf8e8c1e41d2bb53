//! The one connection that listens. It is made anew whenever it breaks, and asked now and then whether it hears.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until, timeout_at};

use super::news::Hints;
use super::probe::{Listening, Taken};
use crate::error::Problem;
use crate::outage;
use crate::state::App;

const PAUSES: [u64; 5] = [100, 200, 500, 1_000, 2_000];

/// Where nothing is heard, the tables are read so often.
const POLL: Duration = Duration::from_secs(2);

/// Between two looks, so that a flood of notifications costs little.
const PAUSE: Duration = Duration::from_millis(20);

/// Why listening ended.
enum End {
    Lost(String),
    /// The connection holds, but notifications do not arrive.
    Deaf,
}

impl From<Problem> for End {
    fn from(problem: Problem) -> End {
        End::Lost(problem.message)
    }
}

impl From<String> for End {
    fn from(why: String) -> End {
        End::Lost(why)
    }
}

/// Never ends.
pub async fn listen(app: Arc<App>) {
    let (mut failures, mut was_deaf) = (0, false);
    loop {
        let Err(end) = hear(&app, &mut failures, &mut was_deaf).await;
        app.listens(false);
        app.pools.need(0);
        match end {
            End::Lost(error) => {
                let pause = PAUSES.get(failures).or(PAUSES.last()).copied().unwrap_or(1_000);
                failures += 1;
                if failures == 1 {
                    tracing::warn!(error, "the listening connection is lost: connecting again");
                }
                sleep(Duration::from_millis(pause)).await;
            }
            End::Deaf => {
                if !std::mem::replace(&mut was_deaf, true) {
                    tracing::warn!(
                        "notifications of the database do not arrive: is there a connection pooler in \
                         transaction mode between? Until they do, responses are not cached, changes and \
                         revoked keys are read every 2 s, and statements are not prepared. Point the \
                         setting database at PostgreSQL itself, or at a pool in session mode."
                    );
                }
                app.pools.set_prepares(false);
                poll(&app).await;
            }
        }
    }
}

async fn hear(
    app: &Arc<App>,
    failures: &mut usize,
    was_deaf: &mut bool,
) -> Result<std::convert::Infallible, End> {
    let listening = Listening::start(app).await?;
    if !listening.hears(app).await? {
        *failures = 0;
        return Err(End::Deaf);
    }
    app.pools.set_prepares(true);
    listening.listen_to_all().await?;
    // Only now: what is told from here on is heard, what was before is read.
    app.take_up(Taken { data: true, keys: true, hints: Hints::ALL, has_ended: false }).await?;
    app.listens(true);
    (*failures, *was_deaf) = (0, false);
    tracing::info!(last = app.live.last(), "listening to the database");
    let every = Duration::from_millis(app.settings.listen_probe_ms.max(100));
    let mut probe = Instant::now() + every;
    loop {
        if timeout_at(probe, listening.heard.wait()).await.is_err() {
            if !listening.hears(app).await? {
                return Err(End::Deaf);
            }
            probe = Instant::now() + every;
        }
        let taken = listening.heard.take();
        app.take_up(taken).await?;
        if taken.has_ended {
            return Err(End::Lost("the server closed it".into()));
        }
        sleep(PAUSE).await;
    }
}

/// Until it is time to try again whether notifications arrive.
async fn poll(app: &Arc<App>) {
    let end = Instant::now() + Duration::from_millis(app.settings.listen_probe_ms.max(100));
    while Instant::now() < end {
        if let Err(problem) = app.pass_on_news(Hints::ALL).await {
            outage::failed(&problem.message);
        }
        sleep_until((Instant::now() + POLL).min(end)).await;
    }
}

impl App {
    /// Reads what notifications hinted at.
    async fn take_up(&self, taken: Taken) -> Result<(), Problem> {
        if taken.data {
            // Whoever asks from here on must not be answered by a replica that lacks what was told.
            self.pools.need_unknown();
            self.forget();
            self.pools.need(self.primary_position().await?);
        }
        if taken.keys {
            self.read_revoked_keys().await?;
        }
        self.pass_on_news(taken.hints).await
    }
}
