package dev.paddock.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpField;

/** A request as the program gets it: written anew, one to a connection. */
final class PreviewRequest {
  private static final int BUFFER = 64 << 10;

  private final StringBuilder head = new StringBuilder();

  PreviewRequest(String method, String target) {
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
  }

  PreviewRequest with(String name, String value) {
    head.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  PreviewRequest with(List<HttpField> fields) {
    fields.forEach(field -> with(field.getName(), field.getValue()));
    return this;
  }

  void writeHead(OutputStream to) throws IOException {
    to.write((head + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    to.flush();
  }

  /** A body of which the head says the length. */
  static void writeBody(InputStream body, OutputStream to, Runnable moved) throws IOException {
    byte[] bytes = new byte[BUFFER];
    int read;
    while ((read = body.read(bytes, 0, bytes.length)) >= 0) {
      to.write(bytes, 0, read);
      to.flush();
      moved.run();
    }
  }

  /** A body whose length nobody knows yet. */
  static void writeChunks(InputStream body, OutputStream to, Runnable moved) throws IOException {
    byte[] bytes = new byte[BUFFER];
    int read;
    while ((read = body.read(bytes, 0, bytes.length)) >= 0) {
      if (read > 0) {
        to.write((Integer.toHexString(read) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
        to.write(bytes, 0, read);
        to.write('\r');
        to.write('\n');
        to.flush();
        moved.run();
      }
    }
    to.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    to.flush();
  }
}
