package dev.paddock.egress;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;

/** A connection to a host. */
record Upstream(Socket socket, HttpInput in, OutputStream out) implements Closeable {
  static Upstream of(Socket socket) throws IOException {
    return new Upstream(socket, new HttpInput(socket.getInputStream()), socket.getOutputStream());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
