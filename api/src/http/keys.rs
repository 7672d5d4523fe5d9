//! Watches the key files: a rotation reaches every running server by itself, and keys that can't be used never do.

use std::{os::unix::fs::MetadataExt, path::Path, sync::Arc, time::Duration};

use crate::{
    auth::{
        keys::{FieldKeys, TokenKeys},
        rotation,
    },
    config::Config,
    http::house::House,
};

/// Between two looks. A rotation must be known everywhere within a second.
const EVERY: Duration = Duration::from_millis(400);

/// What tells a changed file: when its content and its rights changed, which file it is, how long.
type Look = Vec<Option<(i64, i64, u64, u64)>>;

fn look(config: &Config) -> Look {
    let about = |path: &Path| {
        let it = std::fs::metadata(path).ok()?;
        Some((it.ctime(), it.ctime_nsec(), it.ino(), it.size()))
    };
    let all = [&config.signing_key, &config.field_key].map(|path| rotation::files(Path::new(path)));
    all.iter().flatten().map(|path| about(path)).collect()
}

/// Watches until it is dropped.
pub async fn watch(house: Arc<House>) {
    // Nothing was seen yet: what changed since the start is taken too.
    let (mut seen, mut told) = (Look::new(), String::new());
    loop {
        tokio::time::sleep(EVERY).await;
        let found = look(&house.config);
        if found == seen {
            continue;
        }
        match take(&house).await {
            Err(why) if why == told => {}
            Err(why) => {
                tracing::error!(why, "the key files changed and can't be used so: the keys in use stay");
                told = why;
            }
            // Files that moved while they were read are read once more.
            Ok(()) if look(&house.config) == found => {
                if !seen.is_empty() {
                    tracing::info!("the keys are those of the changed files");
                }
                (seen, told) = (found, String::new());
            }
            Ok(()) => {}
        }
    }
}

/// Both keys, or as many as can be used.
async fn take(house: &House) -> Result<(), String> {
    let signing = TokenKeys::read(Path::new(&house.config.signing_key)).map(|keys| house.tokens.renew(keys));
    let field = match FieldKeys::read(Path::new(&house.config.field_key)) {
        Ok(keys) => house.door.renew_seal(&keys).await,
        Err(why) => Err(why),
    };
    signing.and(field)
}
