//! A link that can fail: a TCP proxy in front of Redis that a story cuts, slows and mends.
//!
//! It runs on threads of its own and not on a story's runtime, so that the fault does not depend on who is being
//! tested. While the link is cut, new connections are accepted and closed at once instead of refused: a released port
//! could go to another process before the link is mended.

use std::collections::HashMap;
use std::io::{Read, Result, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// A proxy on a port of its own. Dropping it closes every connection.
pub struct FaultProxy {
    address: SocketAddr,
    link: Arc<Link>,
    listening: Option<JoinHandle<()>>,
}

impl FaultProxy {
    /// Listens on a free port of 127.0.0.1 and passes everything on to `target`, which need not be up yet.
    pub fn start(target: impl Into<SocketAddr>) -> Result<FaultProxy> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let link = Arc::new(Link { target: target.into(), state: Mutex::default(), changed: Condvar::new() });
        let listening = thread::spawn({
            let link = Arc::clone(&link);
            move || link.listen(&listener)
        });
        Ok(FaultProxy { address, link, listening: Some(listening) })
    }

    /// Where clients connect instead of to the target.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Closes every connection, also those in the middle of an answer, and lets no new one through.
    pub fn cut(&self) {
        self.link.change(|state| {
            state.cut = true;
            state.close_all();
        });
    }

    /// Makes the link whole again: open, and without delay.
    pub fn mend(&self) {
        self.link.change(|state| {
            state.cut = false;
            state.delay = Duration::ZERO;
        });
    }

    /// Holds back each chunk that comes from the target. A new delay also applies to a chunk already held back, so a
    /// huge delay is a silent link, and a later `mend` lets it speak.
    pub fn delay(&self, delay: Duration) {
        self.link.change(|state| state.delay = delay);
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.link.change(|state| {
            state.ended = true;
            state.close_all();
        });
        let _ = TcpStream::connect(self.address); // wakes the listening thread, which then sees that all is over
        if let Some(listening) = self.listening.take() {
            let _ = listening.join();
        }
    }
}

struct Link {
    target: SocketAddr,
    state: Mutex<State>,
    /// Wakes the threads that hold a chunk back.
    changed: Condvar,
}

#[derive(Default)]
struct State {
    cut: bool,
    ended: bool,
    delay: Duration,
    /// Both ends of every open connection, by the connection's number.
    open: HashMap<u64, [TcpStream; 2]>,
    connections: u64,
}

impl State {
    fn close_all(&mut self) {
        for number in self.open.keys().copied().collect::<Vec<_>>() {
            self.close(number);
        }
    }

    fn close(&mut self, number: u64) {
        for end in self.open.remove(&number).into_iter().flatten() {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}

impl Link {
    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
        self.changed.notify_all();
    }

    fn listen(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming().flatten() {
            // A target that is down closes the client's connection, which says the same.
            let _ = self.join(client);
            if self.state.lock().unwrap().ended {
                return;
            }
        }
    }

    /// Connects the client to the target, under the lock: no connection can slip through while `cut` closes them.
    fn join(self: &Arc<Self>, client: TcpStream) -> Result<()> {
        let mut state = self.state.lock().unwrap();
        if state.cut || state.ended {
            return Ok(());
        }
        let server = TcpStream::connect(self.target)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        state.connections += 1;
        let number = state.connections;
        state.open.insert(number, [client.try_clone()?, server.try_clone()?]);
        let (to_server, to_client) = ((client.try_clone()?, server.try_clone()?), (server, client));
        for ((from, to), is_answer) in [(to_server, false), (to_client, true)] {
            let link = Arc::clone(self);
            thread::spawn(move || link.carry(number, from, to, is_answer));
        }
        Ok(())
    }

    /// Carries chunks in one direction until either end closes.
    fn carry(&self, number: u64, mut from: TcpStream, mut to: TcpStream, is_answer: bool) {
        let mut chunk = [0; 16 * 1024];
        while let Ok(length @ 1..) = from.read(&mut chunk) {
            if is_answer {
                self.hold_back(number);
            }
            if to.write_all(&chunk[..length]).is_err() {
                break;
            }
        }
        self.state.lock().unwrap().close(number);
    }

    /// Waits as long as the delay says *now*, or until the connection is closed.
    fn hold_back(&self, number: u64) {
        let begin = Instant::now();
        let mut state = self.state.lock().unwrap();
        while state.open.contains_key(&number) {
            let left = state.delay.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return;
            }
            state = self.changed.wait_timeout(state, left).unwrap().0;
        }
    }
}
