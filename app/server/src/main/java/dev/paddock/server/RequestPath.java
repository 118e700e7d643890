package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.List;

/**
 * A path in segments, each decoded on its own.
 *
 * @param text the decoded path, where a slash within a segment is still {@code %2F}
 */
record RequestPath(List<String> segments, String text) {

  static RequestPath parse(String raw) {
    if (!raw.startsWith("/")) {
      throw malformed("the path must start with /");
    }
    List<String> segments = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    for (String part : raw.substring(1).split("/", -1)) {
      String segment = PercentCoding.decode(part);
      for (String step : segment.split("/", -1)) {
        if (step.equals(".") || step.equals("..")) {
          throw malformed("a segment of the path is . or ..");
        }
      }
      if (segment.chars().anyMatch(Character::isISOControl)) {
        throw malformed("a control character in the path");
      }
      segments.add(segment);
      text.append('/').append(segment.replace("/", "%2F"));
    }
    return new RequestPath(List.copyOf(segments), text.toString());
  }

  private static ServerException malformed(String why) {
    return new ServerException(ErrorCode.INVALID_REQUEST, "malformed URI: " + why);
  }
}
