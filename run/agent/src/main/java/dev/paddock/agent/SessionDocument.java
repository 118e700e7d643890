package dev.paddock.agent;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.spi.ToolDefinition;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a session's document says of how it runs. Its other keys, such as a title and metadata,
 * belong to whoever created the session. It may be replaced while the session runs and holds from
 * the next model turn on.
 *
 * @param agent as {@link AgentDefinition#toDocument()}
 * @param clientTools that the client runs
 * @param skills shown read-only at {@code /workspace/skills/NAME}
 * @param files shown read-only
 * @param memory folders that are kept in step with memory stores
 * @param repositories checked out before the first call
 * @param variables of the sandbox's environment; secrets stand here as placeholders only
 * @param roster agents that this one may give work to
 * @param workspace of several sessions together; empty for one of its own
 * @param secrets what stands behind placeholders
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record SessionDocument(
    JsonNode agent,
    @JsonProperty("client_tools") List<ToolDefinition> clientTools,
    List<Skill> skills,
    List<FileMount> files,
    List<MemoryMount> memory,
    List<Repository> repositories,
    Map<String, String> variables,
    List<Delegate> roster,
    Optional<String> workspace,
    List<Secret> secrets) {

  private static final SessionDocument NOTHING =
      new SessionDocument(
          Json.object(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          List.of(),
          Map.of(),
          List.of(),
          Optional.empty(),
          List.of());

  /** A skill by the paths and blob addresses of its files. */
  public record Skill(String name, String description, Map<String, String> files) {}

  /** A blob at an absolute path in the box. */
  public record FileMount(String path, String sha256) {}

  /** A memory store as a folder below {@code /workspace}. */
  public record MemoryMount(
      @JsonProperty("store_id") String storeId,
      String name,
      String path,
      @JsonProperty("read_only") boolean readOnly,
      Optional<String> instructions) {}

  /**
   * A Git repository.
   *
   * @param token the id of what its host is shown, which is kept sealed elsewhere
   */
  public record Repository(
      String url,
      Optional<String> branch,
      Optional<String> commit,
      String path,
      @JsonProperty("token_id") Optional<String> token) {}

  /**
   * What stands behind a placeholder, and is put into requests outside the sandbox.
   *
   * @param credential the id of the credential that says where, and has the sealed value
   */
  public record Secret(String placeholder, @JsonProperty("credential_id") String credential) {}

  /**
   * An agent that can be given work, or the conversation.
   *
   * @param session the document that its thread starts with, or that takes this one's place
   */
  public record Delegate(String name, String description, ObjectNode session, Kind kind) {
    /** What it is given. */
    public enum Kind {
      /** A task, in a thread of its own. */
      @JsonProperty("delegate")
      DELEGATE,
      /** The conversation: it goes on instead of the agent that hands it over. */
      @JsonProperty("hand_off")
      HAND_OFF
    }

    public Delegate(String name, String description, ObjectNode session) {
      this(name, description, session, Kind.DELEGATE);
    }

    @JsonCreator
    static Delegate read(
        @JsonProperty("name") String name,
        @JsonProperty("description") String description,
        @JsonProperty("session") ObjectNode session,
        @JsonProperty("kind") Optional<Kind> kind) {
      return new Delegate(name, description, session, kind.orElse(Kind.DELEGATE));
    }
  }

  private static final int MAX_ROSTER = 20;

  public SessionDocument {
    if (roster.size() > MAX_ROSTER) {
      throw new AgentException(
          ErrorCode.LIMIT_EXCEEDED,
          "a roster of %d agents; at most %d".formatted(roster.size(), MAX_ROSTER));
    }
  }

  public static SessionDocument of(AgentDefinition agent) {
    return read(Json.object().set("agent", agent.toDocument()));
  }

  /** Keys that are missing mean nothing of that kind. */
  public static SessionDocument read(ObjectNode document) {
    ObjectNode whole = (ObjectNode) Json.tree(NOTHING);
    document.properties().stream()
        .filter(entry -> !entry.getValue().isNull())
        .forEach(entry -> whole.set(entry.getKey(), entry.getValue()));
    return Json.convert(whole, SessionDocument.class);
  }

  /** Puts these keys into a document and leaves its others alone. */
  public ObjectNode into(ObjectNode document) {
    document.setAll((ObjectNode) Json.tree(this));
    return document;
  }

  public AgentDefinition definition() {
    return AgentDefinition.fromDocument(agent);
  }
}
