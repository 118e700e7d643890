package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;

/** The handshake of a WebSocket (RFC 6455), checked on both sides before bytes are passed on. */
record PreviewUpgrade(String key, Optional<String> protocols, Optional<String> extensions) {
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{21}[AQgw]==");
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final String PROTOCOL = "Sec-WebSocket-Protocol";
  private static final String EXTENSIONS = "Sec-WebSocket-Extensions";

  /** Whether a request asks for another protocol at all. */
  static boolean asked(Request request) {
    return request.getHeaders().contains(HttpHeader.UPGRADE)
        && request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1;
  }

  /**
   * What is asked for.
   *
   * @param needsOrigin of browsers, which always send one
   */
  static PreviewUpgrade of(Request request, String origin, boolean needsOrigin)
      throws PreviewRefusal {
    HttpFields headers = request.getHeaders();
    String key = Optional.ofNullable(headers.get("Sec-WebSocket-Key")).orElse("");
    boolean proper =
        request.getMethod().equals("GET")
            && "websocket".equalsIgnoreCase(headers.get(HttpHeader.UPGRADE))
            && headers.contains(HttpHeader.CONNECTION, "upgrade")
            && headers.getFields("Sec-WebSocket-Key").size() == 1
            && "13".equals(headers.get("Sec-WebSocket-Version"))
            && KEY.matcher(key).matches()
            && request.getLength() <= 0
            && !headers.contains(HttpHeader.TRANSFER_ENCODING);
    if (!proper) {
      throw new PreviewRefusal(
          400, "Bad request", "Only WebSocket, version 13, is passed on, and this is not that.");
    }
    Optional<String> from = Optional.ofNullable(headers.get(HttpHeader.ORIGIN));
    if (needsOrigin
        ? !from.equals(Optional.of(origin))
        : from.isPresent() && !from.get().equals(origin)) {
      throw new PreviewRefusal(
          403, "Not from another page", "Only its own pages may connect to this preview.");
    }
    return new PreviewUpgrade(key, joined(headers, PROTOCOL), joined(headers, EXTENSIONS));
  }

  private static Optional<String> joined(HttpFields headers, String name) {
    List<String> values = headers.getValuesList(name);
    return values.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", values));
  }

  PreviewRequest into(PreviewRequest request) {
    request.with("Connection", "Upgrade").with("Upgrade", "websocket");
    request.with("Sec-WebSocket-Version", "13").with("Sec-WebSocket-Key", key);
    protocols.ifPresent(value -> request.with(PROTOCOL, value));
    extensions.ifPresent(value -> request.with(EXTENSIONS, value));
    return request;
  }

  /** What the viewer is told of an answer that agrees; throws a refusal of any other. */
  HttpFields agreed(List<HttpField> answer) throws PreviewRefusal {
    HttpFields.Mutable fields = HttpFields.build();
    answer.forEach(fields::add);
    Optional<String> protocol = one(fields, PROTOCOL);
    Optional<String> extension = one(fields, EXTENSIONS);
    boolean agrees =
        "websocket".equalsIgnoreCase(fields.get(HttpHeader.UPGRADE))
            && fields.contains(HttpHeader.CONNECTION, "upgrade")
            && one(fields, "Sec-WebSocket-Accept").equals(Optional.of(accept(key)))
            && (protocol.isEmpty() || protocols.stream().anyMatch(offered(protocol.get())))
            && (extension.isEmpty() || extensions.isPresent());
    if (!agrees) {
      throw PreviewRefusal.badAnswer("its WebSocket handshake is wrong");
    }
    HttpFields.Mutable told = HttpFields.build();
    told.put(HttpHeader.UPGRADE, "websocket").put(HttpHeader.CONNECTION, "Upgrade");
    told.put("Sec-WebSocket-Accept", accept(key));
    protocol.ifPresent(value -> told.put(PROTOCOL, value));
    extension.ifPresent(value -> told.put(EXTENSIONS, value));
    return told;
  }

  private static java.util.function.Predicate<String> offered(String chosen) {
    return all -> List.of(all.split("\\s*,\\s*")).contains(chosen.strip());
  }

  private static Optional<String> one(HttpFields fields, String name) throws PreviewRefusal {
    List<HttpField> found = fields.getFields(name);
    if (found.size() > 1) {
      throw PreviewRefusal.badAnswer("it says " + name + " more than once");
    }
    return found.stream().findFirst().map(HttpField::getValue);
  }

  static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new ServerException(ErrorCode.INTERNAL, "this JDK has no SHA-1");
    }
  }
}
