//! A collector of traces: it accepts what is sent to it, and keeps the bytes.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// It listens as long as the process lives.
pub struct Collector {
    address: SocketAddr,
    got: Arc<Mutex<Vec<u8>>>,
}

impl Collector {
    /// Starts to listen.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let got = Arc::new(Mutex::new(Vec::new()));
        let kept = got.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = kept.clone();
                thread::spawn(move || {
                    while let Some(body) = accept(&stream) {
                        kept.lock().expect("bytes").extend(body)
                    }
                });
            }
        });
        Self { address, got }
    }

    /// Where spans are to be sent.
    pub fn url(&self) -> String {
        format!("http://{}/v1/traces", self.address)
    }

    /// All bytes that came.
    pub fn got(&self) -> Vec<u8> {
        self.got.lock().expect("bytes").clone()
    }

    /// Whether some bytes came.
    pub fn has(&self, bytes: &[u8]) -> bool {
        self.got().windows(bytes.len()).any(|it| it == bytes)
    }
}

/// Reads one request and accepts it.
fn accept(mut stream: &TcpStream) -> Option<Vec<u8>> {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
    Some(body)
}
