package dev.paddock.provider;

import dev.paddock.core.ErrorCode;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelFactory;
import dev.paddock.provider.spi.ModelListing;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Finds the model that a reference means. {@code provider/model} means what it says. A bare id is
 * looked up in the operator's mapping, exact names before globs in their order, then in the lists
 * of the configured providers, then by the names that hosted models usually have.
 */
public final class Models implements AutoCloseable {
  private static final int MAX_ID = 256;
  private static final Duration FRESH = Duration.ofMinutes(10);
  private static final Duration FAILURE_FRESH = Duration.ofMinutes(1);
  private static final Map<Pattern, String> USUAL_NAMES =
      Map.of(
          Pattern.compile("claude-.*"), "anthropic",
          Pattern.compile("gemini-.*"), "gemini",
          Pattern.compile("(gpt-|o[0-9]).*"), "openai");

  private record Glob(Pattern pattern, ModelRef target) {}

  private record Cached(
      List<ModelListing> models, Optional<ModelException> failure, Instant until) {}

  private final Map<String, ModelFactory> factories = new LinkedHashMap<>();
  private final Map<String, ModelRef> exact = new LinkedHashMap<>();
  private final List<Glob> globs = new ArrayList<>();
  private final InstantSource clock;
  private final Map<String, Cached> lists = new ConcurrentHashMap<>();
  private final Map<ModelRef, Model> open = new ConcurrentHashMap<>();

  /**
   * @param factories in the order of look-up, each with its own provider name
   * @param mapping ids or globs to references, in the operator's order
   * @throws ModelException {@code INVALID_REQUEST} for a target that is no reference
   */
  public Models(List<ModelFactory> factories, Map<String, String> mapping) {
    this(factories, mapping, InstantSource.system());
  }

  Models(List<ModelFactory> factories, Map<String, String> mapping, InstantSource clock) {
    this.clock = clock;
    factories.forEach(factory -> this.factories.put(factory.provider(), factory));
    mapping.forEach(this::map);
  }

  private void map(String name, String target) {
    int slash = target.indexOf('/');
    boolean whole = slash > 0 && slash < target.length() - 1;
    ModelRef ref = whole ? ModelRef.parse(target) : null;
    if (ref == null || !factories.containsKey(ref.provider())) {
      throw new ModelException(
          ErrorCode.INVALID_REQUEST,
          "[models] \"%s\" = \"%s\": not a reference; write one of %s, a slash and the model"
              .formatted(name, target, factories.keySet()));
    }
    if (name.indexOf('*') < 0 && name.indexOf('?') < 0) {
      exact.put(name, ref);
    } else {
      globs.add(new Glob(glob(name), ref));
    }
  }

  private static Pattern glob(String text) {
    StringBuilder out = new StringBuilder();
    text.chars()
        .forEach(
            c ->
                out.append(
                    switch (c) {
                      case '*' -> ".*";
                      case '?' -> ".";
                      default -> Pattern.quote(Character.toString(c));
                    }));
    return Pattern.compile(out.toString());
  }

  /**
   * The reference that an id means.
   *
   * @throws ModelException {@code NOT_FOUND} with what to set
   */
  public ModelRef resolve(String asked) {
    if (asked.length() > MAX_ID) {
      throw unknown(asked);
    }
    int slash = asked.indexOf('/');
    ModelFactory named = slash > 0 ? factories.get(asked.substring(0, slash)) : null;
    if (named != null) {
      ModelRef ref = ModelRef.parse(asked);
      if (!named.configured()) {
        throw notConfigured(asked, named);
      }
      return ref;
    }
    return mapped(asked)
        .or(() -> listed(asked))
        .or(() -> usual(asked))
        .orElseThrow(() -> unknown(asked));
  }

  private Optional<ModelRef> mapped(String id) {
    ModelRef ref = exact.get(id);
    for (int i = 0; ref == null && i < globs.size(); i++) {
      if (globs.get(i).pattern().matcher(id).matches()) {
        ref = globs.get(i).target();
      }
    }
    if (ref != null) {
      ModelFactory factory = factories.get(ref.provider());
      if (factory != null && !factory.configured()) {
        throw notConfigured(ref.toString(), factory);
      }
    }
    return Optional.ofNullable(ref);
  }

  private Optional<ModelRef> listed(String id) {
    for (ModelFactory factory : factories.values()) {
      if (factory.configured()
          && models(factory).models().stream().anyMatch(model -> model.id().equals(id))) {
        return Optional.of(new ModelRef(factory.provider(), id));
      }
    }
    return Optional.empty();
  }

  private Optional<ModelRef> usual(String id) {
    return usualProvider(id)
        .filter(ModelFactory::configured)
        .map(factory -> new ModelRef(factory.provider(), id));
  }

  private Optional<ModelFactory> usualProvider(String id) {
    return USUAL_NAMES.entrySet().stream()
        .filter(entry -> entry.getKey().matcher(id).matches())
        .findFirst()
        .flatMap(entry -> Optional.ofNullable(factories.get(entry.getValue())));
  }

  private ModelException unknown(String asked) {
    String shown = asked.length() > 100 ? asked.substring(0, 100) + "…" : asked;
    String fix =
        usualProvider(asked)
            .map(
                factory ->
                    "to use it from %s, %s; or"
                        .formatted(factory.provider(), factory.howToConfigure()))
            .orElse("write provider/model with one of %s, or".formatted(factories.keySet()));
    return new ModelException(
        ErrorCode.NOT_FOUND,
        "no model \"%s\"; %s map it in config.toml: [models] \"%s\" = \"%s\""
            .formatted(shown, fix, shown, ModelRef.EMBEDDED));
  }

  private static ModelException notConfigured(String asked, ModelFactory factory) {
    return new ModelException(
        ErrorCode.NOT_FOUND,
        "no model \"%s\": %s is not configured; %s"
            .formatted(asked, factory.provider(), factory.howToConfigure()));
  }

  /** The model that an id means, ready to be asked; it stays open until this is closed. */
  public Model open(String asked) {
    return open(resolve(asked));
  }

  public Model open(ModelRef ref) {
    ModelFactory factory = factories.get(ref.provider());
    if (factory == null) {
      throw unknown(ref.toString());
    }
    if (!factory.configured()) {
      throw notConfigured(ref.toString(), factory);
    }
    return open.computeIfAbsent(ref, r -> factory.open(r.model()));
  }

  /** Everything on offer: the mapped ids, then every configured provider's models. */
  public Catalogue list() {
    List<Catalogue.Entry> entries = new ArrayList<>();
    List<ModelException> problems = new ArrayList<>();
    exact.forEach(
        (id, ref) -> entries.add(new Catalogue.Entry(id, ref, ModelListing.of(ref.model()))));
    for (ModelFactory factory : factories.values()) {
      if (factory.configured()) {
        Cached cached = models(factory);
        for (ModelListing model : cached.models()) {
          ModelRef ref = new ModelRef(factory.provider(), model.id());
          entries.add(new Catalogue.Entry(ref.toString(), ref, model));
        }
        cached.failure().ifPresent(problems::add);
      }
    }
    return new Catalogue(entries, problems);
  }

  private Cached models(ModelFactory factory) {
    Cached cached = lists.get(factory.provider());
    if (cached == null || !clock.instant().isBefore(cached.until())) {
      cached = ask(factory);
      lists.put(factory.provider(), cached);
    }
    return cached;
  }

  /**
   * A provider that cannot list its models may still answer, so its failure is kept, not thrown.
   */
  private Cached ask(ModelFactory factory) {
    try {
      return new Cached(factory.list(), Optional.empty(), clock.instant().plus(FRESH));
    } catch (ModelException e) {
      return new Cached(List.of(), Optional.of(e), clock.instant().plus(FAILURE_FRESH));
    }
  }

  @Override
  public void close() {
    open.values().forEach(Model::close);
    open.clear();
  }
}
