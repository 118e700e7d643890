package dev.paddock.anthropic;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.agent.SessionDocument;
import dev.paddock.core.Json;
import dev.paddock.core.spi.Resource;
import dev.paddock.server.spi.Caller;
import dev.paddock.server.spi.Platform;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Reads {@code resources} of a session: what answers show, and what the sandbox gets. */
final class ResourceWire {
  static final int MAX_FILES = 999;
  private static final int MAX_RESOURCES = 1_024;
  private static final int MAX_STORES = 8;
  private static final int MAX_PATH = 1024;
  private static final String MEMORY_ROOT = "/workspace/memory/";

  /** A mount would cover the whole folder of the workspace that it lies in. */
  private static final String READ_ONLY_MEMORY_ROOT = "/mnt/memory/";

  /** What the base system needs to be as it is. */
  private static final Set<String> SYSTEM =
      Set.of(
          "bin", "boot", "dev", "etc", "lib", "lib32", "lib64", "libx32", "proc", "root", "run",
          "sbin", "sys", "usr", "var");

  private final Records records;
  private final Platform platform;
  private final Caller caller;

  final ArrayNode wire = Json.mapper().createArrayNode();
  final List<SessionDocument.FileMount> files = new ArrayList<>();
  final List<SessionDocument.MemoryMount> memory = new ArrayList<>();
  final List<SessionDocument.Repository> repositories = new ArrayList<>();
  final List<Token> tokens = new ArrayList<>();
  private final Set<String> paths = new HashSet<>();

  /** A repository's token, sealed. */
  record Token(String resourceId, String sealed) {}

  ResourceWire(Records records, Platform platform, Caller caller) {
    this.records = records;
    this.platform = platform;
    this.caller = caller;
  }

  void read(Fields fields) {
    for (Fields resource : fields.objects("resources", MAX_RESOURCES)) {
      switch (resource.requiredWord("type", "file", "github_repository", "memory_store")) {
        case "file" -> file(resource);
        case "memory_store" -> memoryStore(resource);
        default -> repository(resource);
      }
    }
    if (files.size() > MAX_FILES) {
      throw fields.invalid("resources", "at most %d files".formatted(MAX_FILES));
    }
    if (memory.size() > MAX_STORES) {
      throw fields.invalid("resources", "at most %d memory stores".formatted(MAX_STORES));
    }
  }

  /** Paths that are in use already. */
  ResourceWire taking(Iterable<String> used) {
    used.forEach(paths::add);
    return this;
  }

  ObjectNode file(Fields resource) {
    resource.only("type", "file_id", "mount_path");
    String id = resource.requiredText("file_id", 128);
    Resource file =
        records
            .find(caller, FilesResource.KIND, id)
            .filter(found -> !FilesResource.expired(found, records.clock()))
            .orElseThrow(() -> resource.invalid("file_id", "there is no such file"));
    String path = path(resource, "/mnt/session/uploads/" + file.id());
    files.add(new SessionDocument.FileMount(path, file.document().path("sha256").asText()));
    return entry("file").put("file_id", file.id()).put("mount_path", path);
  }

  private void repository(Fields resource) {
    resource.only("type", "url", "authorization_token", "checkout", "mount_path");
    String url = McpServerWire.url(resource, "url");
    if (!url.toLowerCase(Locale.ROOT).startsWith("https://")) {
      throw resource.invalid("url", "must be an https URL");
    }
    String name = URI.create(url).getPath().replaceFirst("/+$", "").replaceFirst("\\.git$", "");
    name = name.substring(name.lastIndexOf('/') + 1);
    if (!name.matches("[A-Za-z0-9._-]{1,128}") || name.startsWith(".")) {
      throw resource.invalid("url", "must end with the name of a repository");
    }
    String path = path(resource, "/workspace/" + name);
    Optional<Fields> checkout = resource.object("checkout", "type", "name", "sha");
    Optional<String> branch = Optional.empty();
    Optional<String> commit = Optional.empty();
    ObjectNode entry = entry("github_repository").put("url", url).put("mount_path", path);
    entry.putNull("checkout");
    if (checkout.isPresent()) {
      Fields at = checkout.get();
      if (at.requiredWord("type", "branch", "commit").equals("branch")) {
        at.only("type", "name");
        branch = Optional.of(branch(at));
      } else {
        at.only("type", "sha");
        String sha = at.requiredText("sha", 64);
        if (!sha.matches("[0-9a-f]{40}|[0-9a-f]{64}")) {
          throw at.invalid("sha", "must be a full commit id of 40 or 64 hexadecimal digits");
        }
        commit = Optional.of(sha);
      }
      entry.set("checkout", at.json());
    }
    resource
        .text("authorization_token", 8192)
        .ifPresent(token -> tokens.add(token(entry.path("id").asText(), token)));
    Optional<String> id = Optional.of(entry.path("id").asText());
    repositories.add(new SessionDocument.Repository(url, branch, commit, path, id));
  }

  Token token(String resourceId, String token) {
    return new Token(resourceId, platform.secrets().seal(token, resourceId));
  }

  /** A name that Git takes for a branch and nothing else. */
  private static String branch(Fields checkout) {
    String name = checkout.requiredText("name", 255);
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._/+-]*")
        || name.contains("..")
        || name.contains("//")
        || name.endsWith("/")
        || name.endsWith(".")
        || name.endsWith(".lock")) {
      throw checkout.invalid("name", "is no name of a branch");
    }
    return name;
  }

  private void memoryStore(Fields resource) {
    resource.only("type", "memory_store_id", "access", "instructions");
    String id = resource.requiredText("memory_store_id", 128);
    ObjectNode store =
        records
            .find(caller, MemoryStoresResource.KIND, id)
            .map(Resource::document)
            .orElseThrow(
                () -> resource.invalid("memory_store_id", "there is no such memory store"));
    if (Archived.is(store)) {
      throw resource.invalid("memory_store_id", "the memory store is archived");
    }
    if (memory.stream().anyMatch(mount -> mount.storeId().equals(id))) {
      throw resource.invalid("memory_store_id", "the memory store stands here twice");
    }
    String access = resource.word("access", "read_write", "read_only").orElse("read_write");
    Optional<String> instructions = resource.text("instructions", 4096);
    String name = store.path("name").asText();
    boolean readOnly = access.equals("read_only");
    String path = free((readOnly ? READ_ONLY_MEMORY_ROOT : MEMORY_ROOT) + slug(name));
    paths.add(path);
    ObjectNode entry = wire.addObject().put("type", "memory_store");
    entry.put("memory_store_id", id).put("name", name);
    entry.put("description", store.path("description").asText()).put("access", access);
    entry.put("instructions", instructions.orElse(null)).put("mount_path", path);
    memory.add(new SessionDocument.MemoryMount(id, name, path, readOnly, instructions));
  }

  private String free(String wanted) {
    String path = wanted;
    for (int i = 2; paths.contains(path); i++) {
      path = wanted + "-" + i;
    }
    return path;
  }

  /** Lower case, every run of other characters one hyphen. */
  static String slug(String name) {
    String slug =
        name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    return slug.isEmpty() ? "store" : slug;
  }

  private ObjectNode entry(String type) {
    String now = records.now();
    ObjectNode entry = wire.addObject().put("id", Ids.next("sesrsc")).put("type", type);
    return entry.put("created_at", now).put("updated_at", now);
  }

  private String path(Fields resource, String usual) {
    String path = resource.text("mount_path", MAX_PATH).filter(p -> !p.isEmpty()).orElse(usual);
    requirePath(resource, path);
    for (String other : paths) {
      if (other.equals(path) || other.startsWith(path + "/") || path.startsWith(other + "/")) {
        throw resource.invalid(
            "mount_path", "\"%s\" is taken by another resource".formatted(Texts.shortened(other)));
      }
    }
    paths.add(path);
    return path;
  }

  private static void requirePath(Fields resource, String path) {
    if (!path.startsWith("/") || path.endsWith("/")) {
      throw resource.invalid("mount_path", "must be an absolute path of a file or folder");
    }
    List<String> segments = List.of(path.substring(1).split("/", -1));
    boolean plain =
        segments.stream()
            .allMatch(
                s ->
                    !s.isEmpty()
                        && !s.equals(".")
                        && !s.equals("..")
                        && s.length() <= 255
                        && s.codePoints().noneMatch(Character::isISOControl));
    if (!plain) {
      throw resource.invalid(
          "mount_path", "must not have empty segments, \".\", \"..\" or control characters");
    }
    if (SYSTEM.contains(segments.getFirst()) || path.equals("/workspace")) {
      throw resource.invalid(
          "mount_path", "\"/%s\" belongs to the system".formatted(segments.getFirst()));
    }
  }
}
