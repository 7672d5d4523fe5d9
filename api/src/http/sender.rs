//! From where a request came: the other end of its connection, or the address that the outermost of our own proxies saw.
//!
//! Each proxy adds to `X-Forwarded-For`, on the right, whom it saw. What stands further left than our own proxies reach is
//! the client's word, and is not believed.

use std::net::{IpAddr, SocketAddr};

use actix_web::http::header::HeaderMap;

/// The address, where it is known, with so many proxies of ours in front.
pub fn address(peer: Option<SocketAddr>, headers: &HeaderMap, proxies: u64) -> Option<IpAddr> {
    let peer = peer.map(|it| it.ip());
    let Some(back) = usize::try_from(proxies).ok().and_then(|it| it.checked_sub(1)) else { return peer };
    let all = headers.get_all("x-forwarded-for").filter_map(|it| it.to_str().ok()).flat_map(|it| it.split(','));
    let all: Vec<&str> = all.map(str::trim).collect();
    all.iter().rev().nth(back).and_then(|it| read(it)).or(peer)
}

fn read(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|it| it.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|it| it.ip()))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn only_what_our_own_proxies_saw_is_believed() {
        let peer = Some("10.0.0.9:4000".parse().unwrap());
        for (said, proxies, address_of) in [
            (&["1.1.1.1, 2.2.2.2"][..], 0, "10.0.0.9"),
            (&["1.1.1.1, 2.2.2.2"], 1, "2.2.2.2"),
            (&["1.1.1.1, 2.2.2.2"], 2, "1.1.1.1"),
            (&["1.1.1.1", "2.2.2.2"], 2, "1.1.1.1"),
            (&["1.1.1.1"], 2, "10.0.0.9"),
            (&["nonsense"], 1, "10.0.0.9"),
            (&[], 1, "10.0.0.9"),
            (&["3.3.3.3:70"], 1, "3.3.3.3"),
            (&["[2001:db8::1]"], 1, "2001:db8::1"),
            (&["[2001:db8::1]:70"], 1, "2001:db8::1"),
        ] {
            let mut headers = HeaderMap::new();
            for it in said {
                headers.append(HeaderName::from_static("x-forwarded-for"), HeaderValue::from_static(it));
            }
            assert_eq!(address(peer, &headers, proxies), Some(address_of.parse().unwrap()), "{said:?} with {proxies}");
        }
    }
}
