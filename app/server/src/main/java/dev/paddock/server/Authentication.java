package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Principal;
import dev.paddock.core.WorkspaceId;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route.Scope;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Finds out who sent a request. Each vendor's clients send their key in a place of their own. */
final class Authentication {
  private static final int MAX_KEY = 512;

  private final AdminKey admin;
  private final ApiKeys keys;

  Authentication(AdminKey admin, ApiKeys keys) {
    this.admin = admin;
    this.keys = keys;
  }

  Caller caller(RequestHead head) {
    List<String> sent = sent(head);
    if (sent.isEmpty()) {
      throw refused("no API key; send it as Authorization: Bearer, x-api-key or x-goog-api-key");
    }
    return sent.stream()
        .map(this::find)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(() -> refused("the API key is not valid here"));
  }

  static void require(Caller caller, Scope scope) {
    if (!caller.scopes().contains(scope)) {
      throw new ServerException(
          ErrorCode.PERMISSION_DENIED,
          "this API key may not do this; it takes one with the scope "
              + scope.name().toLowerCase(Locale.ROOT));
    }
  }

  private static List<String> sent(RequestHead head) {
    List<String> sent = new ArrayList<>();
    head.header("authorization")
        .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
        .ifPresent(value -> sent.add(value.substring(7).strip()));
    head.header("x-api-key").ifPresent(sent::add);
    head.header("x-goog-api-key").ifPresent(sent::add);
    head.query("key").ifPresent(sent::add);
    sent.removeIf(key -> key.isEmpty() || key.length() > MAX_KEY);
    return sent;
  }

  private Optional<Caller> find(String key) {
    if (admin.is(key)) {
      return Optional.of(
          new Caller(
              new Principal(Principal.Kind.KEY, "admin"),
              WorkspaceId.DEFAULT,
              EnumSet.allOf(Scope.class)));
    }
    return keys.find(key);
  }

  private static ServerException refused(String why) {
    return new ServerException(ErrorCode.UNAUTHENTICATED, why);
  }
}
