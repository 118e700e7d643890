package dev.paddock.checks;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** HTTP/1.1 that sends whatever it is given, over one connection as long as that lasts. */
final class RawConnection implements AutoCloseable {
  private static final int LIMIT_MILLIS = 60_000;
  private static final int LARGEST = 64 << 20;

  private final URI server;
  private Socket socket = new Socket();
  private InputStream in = InputStream.nullInputStream();
  private boolean open;

  RawConnection(String url) {
    server = URI.create(url);
  }

  /**
   * What came back.
   *
   * @param status 0 when the server hung up without a word
   * @param head and {@code body} as Latin-1
   */
  record Answer(int status, String head, Map<String, String> headers, String body) {
    static final Answer NONE = new Answer(0, "", Map.of(), "");

    String header(String name) {
      return headers.getOrDefault(name, "");
    }

    boolean accepted() {
      return status >= 200 && status < 400;
    }
  }

  Answer send(FuzzRequest request) throws IOException {
    boolean fresh = !open;
    try {
      return exchange(request);
    } catch (java.net.SocketTimeoutException e) {
      close();
      throw new IOException("no answer within %d s".formatted(LIMIT_MILLIS / 1000), e);
    } catch (IOException e) {
      close();
      if (!request.framed()) {
        // The server closed before it took everything.
        return Answer.NONE;
      } else if (fresh) {
        throw e;
      }
      // A kept connection may have been closed meanwhile; a new one has not.
      return send(request);
    }
  }

  private Answer exchange(FuzzRequest request) throws IOException {
    if (!open) {
      socket = new Socket(server.getHost(), server.getPort());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(LIMIT_MILLIS);
      in = new BufferedInputStream(socket.getInputStream());
      open = true;
    }
    socket.getOutputStream().write(request.bytes());
    if (!request.framed()) {
      socket.shutdownOutput();
    }
    Answer answer = read(request);
    if (!request.framed() || answer.status() == 0) {
      close();
    }
    return answer;
  }

  private Answer read(FuzzRequest request) throws IOException {
    String status = line();
    if (!status.startsWith("HTTP/1.1 ")) {
      if (request.framed()) {
        throw new IOException("not an answer: " + status);
      }
      close();
      return Answer.NONE;
    }
    StringBuilder head = new StringBuilder(status);
    Map<String, String> headers = new LinkedHashMap<>();
    for (String line = line(); !line.isEmpty(); line = line()) {
      head.append('\n').append(line);
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int code = Integer.parseInt(status.substring(9, 12));
    if (code < 200) {
      return read(request);
    }
    Answer answer = new Answer(code, head.toString(), headers, "");
    boolean stream = answer.header("content-type").startsWith("text/event-stream");
    if (stream && !request.method().equals("POST")) {
      // It may last for ever.
      close();
      return answer;
    }
    boolean bodiless = code == 204 || code == 304 || request.method().equals("HEAD");
    Answer whole = new Answer(code, head.toString(), headers, bodiless ? "" : body(answer));
    if (answer.header("connection").equalsIgnoreCase("close")) {
      close();
    }
    return whole;
  }

  private String body(Answer head) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    if (head.header("transfer-encoding").equalsIgnoreCase("chunked")) {
      for (int size = chunk(); size > 0; size = chunk()) {
        take(body, size);
        line();
      }
      line();
    } else if (!head.header("content-length").isEmpty()) {
      take(body, Integer.parseInt(head.header("content-length")));
    } else {
      in.transferTo(body);
      close();
    }
    return body.toString(StandardCharsets.ISO_8859_1);
  }

  private int chunk() throws IOException {
    return Integer.parseInt(line().strip(), 16);
  }

  private void take(ByteArrayOutputStream body, int size) throws IOException {
    if (body.size() + size > LARGEST) {
      throw new IOException("an answer of more than %,d bytes".formatted(LARGEST));
    }
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new IOException("an answer that was cut off");
    }
    body.writeBytes(bytes);
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        if (line.isEmpty()) {
          throw new java.io.EOFException("the server hung up");
        }
        return line.toString();
      }
      line.append((char) c);
    }
    return line.toString().stripTrailing();
  }

  @Override
  public void close() throws IOException {
    open = false;
    socket.close();
  }
}
