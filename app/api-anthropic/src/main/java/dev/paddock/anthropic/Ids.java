package dev.paddock.anthropic;

import dev.paddock.core.ErrorCode;
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
  private static final String THREAD = "sthr_";

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

  static ServerException unknownSession(String id) {
    return ServerException.notFound("there is no session \"%s\"".formatted(Texts.shortened(id)));
  }

  /** The public id of a thread: a thread is a session of its own. */
  static String thread(SessionId session) {
    return THREAD + session.value().substring(SESSION.length());
  }

  /** As {@link #thread(SessionId)}, for ids in events, which may name the session. */
  static String thread(String id) {
    return id.startsWith(SESSION) ? THREAD + id.substring(SESSION.length()) : id;
  }

  static SessionId sessionOfThread(String thread) {
    try {
      if (thread.startsWith(THREAD)) {
        return new SessionId(SESSION + thread.substring(THREAD.length()));
      }
    } catch (PaddockException e) {
      throw new ServerException(ErrorCode.NOT_FOUND, unknownThread(thread));
    }
    throw new ServerException(ErrorCode.NOT_FOUND, unknownThread(thread));
  }

  static String unknownThread(String id) {
    return "there is no thread \"%s\" in this session".formatted(Texts.shortened(id));
  }
}
