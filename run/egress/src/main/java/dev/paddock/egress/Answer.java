package dev.paddock.egress;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.InflaterInputStream;

/** The answer to one request, on its way to the sandbox. */
final class Answer {
  private static final int BUFFER_BYTES = 64 << 10;

  private final Connection connection;
  private final Account account;
  private final OutputStream out;
  private final RequestHead request;
  private final Target target;
  private final Replacements masks;
  private final boolean keeps;

  /**
   * @param keeps whether another request may follow
   */
  Answer(
      Connection connection,
      Account account,
      OutputStream out,
      RequestHead request,
      Target target,
      Replacements masks,
      boolean keeps) {
    this.connection = connection;
    this.account = account;
    this.out = out;
    this.request = request;
    this.target = target;
    this.masks = masks;
    this.keeps = keeps;
  }

  /** Writes it; says whether another request may follow. */
  boolean write(ResponseHead response, Framing framing, BodyInput body)
      throws IOException, Refused {
    boolean none = framing instanceof Framing.None;
    boolean masked = !masks.isEmpty() && !none;
    InputStream content =
        masked ? new ReplacingInput(unpacked(response.headers(), body), masks) : body;
    Headers headers = response.headers().endToEnd().without("content-length", EgressClient.DENIED);
    if (masked) {
      headers = headers.without("content-encoding");
    }
    headers = headers.mapValues(f -> new Headers.Field(f.name(), masks.inHeader(f.value())));
    List<String> lengths = response.headers().all("content-length");
    boolean lengthHolds = none ? response.status() != 204 : framing instanceof Framing.Length;
    boolean chunked = false;
    boolean more = keeps;
    if (lengthHolds && !masked) {
      for (String length : lengths) {
        headers = headers.with("Content-Length", length);
      }
    } else if (!none && request.minor() == 1) {
      chunked = true;
      headers = headers.with("Transfer-Encoding", "chunked");
    } else if (!none) {
      more = false;
    }
    headers = more ? headers : headers.with("Connection", "close");
    StringBuilder text = new StringBuilder("HTTP/1.1 ");
    text.append(response.status()).append(' ').append(masks.inHeader(response.reason()));
    text.append("\r\n");
    headers.appendTo(text);
    text.append("\r\n");
    account.answered(response.status());
    out.write(HttpInput.bytes(text));
    out.flush();
    copy(content, chunked ? new ChunkedOutput(out) : out, chunked);
    return more;
  }

  private void copy(InputStream content, OutputStream to, boolean chunked) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    for (int n = content.read(buffer); n >= 0; n = content.read(buffer)) {
      connection.lifetime().touch();
      account.received(n);
      to.write(buffer, 0, n);
      to.flush();
    }
    if (chunked) {
      to.close();
    }
  }

  /** A body in which a secret can be found. */
  private InputStream unpacked(Headers headers, InputStream body) throws IOException, Refused {
    String encoding = String.join(",", headers.all("content-encoding"));
    return switch (encoding.toLowerCase(Locale.ROOT)) {
      case "", "identity" -> body;
      case "gzip", "x-gzip" -> new GZIPInputStream(body, BUFFER_BYTES);
      case "deflate" -> new InflaterInputStream(body);
      default ->
          throw Refused.denied(
              Denial.SECRET,
              "%s answers in the encoding %s, in which a secret could not be masked"
                  .formatted(target, Text.quoted(encoding)));
    };
  }
}
