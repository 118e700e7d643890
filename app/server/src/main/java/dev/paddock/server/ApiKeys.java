package dev.paddock.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.core.Principal;
import dev.paddock.core.Sha256;
import dev.paddock.core.WorkspaceId;
import dev.paddock.core.spi.Resource;
import dev.paddock.core.spi.Resources;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Route.Scope;
import dev.paddock.server.spi.ServerException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys that callers prove themselves with. A key is {@code paddock_ID_SECRET}; stored is the
 * SHA-256 digest of the whole, compared in constant time. A revoked key ends at once, on every
 * node.
 */
public final class ApiKeys {
  private static final String KIND = "api_key";
  private static final String PREFIX = "paddock_";
  private static final Pattern FORM = Pattern.compile("paddock_([0-9a-z]{26})_[A-Za-z0-9_-]{43}");
  private static final int MAX_NAME = 100;
  private static final int PAGE = 200;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final Resources resources;

  public ApiKeys(Resources resources) {
    this.resources = resources;
  }

  /** What is known of a key; never the key. */
  public record Known(String id, String name, Scope scope, Instant createdAt) {}

  /** A new key; {@code key} is shown this once. */
  public record Created(Known known, String key) {}

  public Created create(String name, Scope scope) {
    if (name.isBlank()
        || name.length() > MAX_NAME
        || name.chars().anyMatch(Character::isISOControl)) {
      throw new ServerException(
          ErrorCode.INVALID_REQUEST, "a key's name must have 1 to " + MAX_NAME + " characters");
    }
    String id = Ids.next("key");
    String key = PREFIX + id.substring("key_".length()) + "_" + secret();
    ObjectNode document = Json.object().put("name", name);
    document.put("scope", scope.name().toLowerCase(Locale.ROOT));
    document.put("sha256", Sha256.hex(key));
    Resource stored = resources.create(KIND, id, WorkspaceId.DEFAULT, document);
    return new Created(known(stored), key);
  }

  /** 256 random bits as text that fits into a header. */
  static String secret() {
    byte[] bytes = new byte[32];
    RANDOM.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Newest first. */
  public List<Known> list() {
    List<Known> all = new ArrayList<>();
    Optional<String> before = Optional.empty();
    List<Resource> page;
    do {
      page = resources.list(KIND, Optional.empty(), before, PAGE);
      page.forEach(resource -> all.add(known(resource)));
      before = page.isEmpty() ? before : Optional.of(page.getLast().id());
    } while (page.size() == PAGE);
    return all;
  }

  public boolean revoke(String id) {
    return resources.delete(KIND, id);
  }

  /** Whose key it is, if it is one. */
  Optional<Caller> find(String key) {
    var form = FORM.matcher(key);
    if (!form.matches()) {
      return Optional.empty();
    }
    return resources
        .find(KIND, "key_" + form.group(1))
        .filter(stored -> MessageDigest.isEqual(digest(stored), Sha256.of(key)))
        .map(
            stored ->
                new Caller(
                    new Principal(Principal.Kind.KEY, stored.id()),
                    stored.workspaceId(),
                    allowed(known(stored).scope())));
  }

  private static byte[] digest(Resource stored) {
    return HexFormat.of().parseHex(stored.document().path("sha256").asText());
  }

  /** Who may write may read, an administrator may do both. */
  static Set<Scope> allowed(Scope scope) {
    return switch (scope) {
      case READ -> EnumSet.of(Scope.READ);
      case WRITE -> EnumSet.of(Scope.READ, Scope.WRITE);
      case ADMIN -> EnumSet.allOf(Scope.class);
    };
  }

  private static Known known(Resource resource) {
    return new Known(
        resource.id(),
        resource.document().path("name").asText(),
        Scope.valueOf(resource.document().path("scope").asText().toUpperCase(Locale.ROOT)),
        resource.createdAt());
  }
}
