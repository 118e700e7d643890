package dev.paddock.anthropic;

import dev.paddock.core.PaddockException;
import dev.paddock.core.SessionId;
import dev.paddock.server.spi.ServerException;
import java.util.regex.Pattern;

/** Ids as they come in paths and bodies. */
final class Ids {
  /** Matches nothing that is stored. */
  static final String NONE = "none";

  private static final Pattern PLAUSIBLE = Pattern.compile("[A-Za-z0-9_-]{1,128}");
  private static final String SESSION = "sesn_";

  private Ids() {}

  static String next(String prefix) {
    return dev.paddock.core.Ids.next(prefix);
  }

  static boolean plausible(String id) {
    return PLAUSIBLE.matcher(id).matches();
  }

  /** The session of an id, which may not exist. */
  static SessionId session(String id) {
    try {
      return new SessionId(id);
    } catch (PaddockException e) {
      throw unknownSession(id);
    }
  }

  static boolean isSession(String id) {
    return id.startsWith(SESSION) && id.length() > SESSION.length() && plausible(id);
  }

  static ServerException unknownSession(String id) {
    return ServerException.notFound("there is no session \"%s\"".formatted(Texts.shortened(id)));
  }

  /** The public id of a thread, for ids in events, which may name its session. */
  static String thread(String id) {
    return id.startsWith(SESSION) ? session(id).threadId() : id;
  }

  static SessionId sessionOfThread(String thread) {
    try {
      return SessionId.ofThread(thread);
    } catch (PaddockException e) {
      throw unknownThread(thread);
    }
  }

  static ServerException unknownThread(String id) {
    return ServerException.notFound(
        "there is no thread \"%s\" in this session".formatted(Texts.shortened(id)));
  }
}
