package dev.paddock.web;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Json;
import dev.paddock.core.PaddockException;
import dev.paddock.egress.EgressRequest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jsoup.Jsoup;

/** How the services are asked, and what they answer, as each of them documents it. */
record SearchWire(SearchSettings settings) {
  static final int MOST_HITS = 10;
  private static final int MAX_TITLE = 200;
  private static final int MAX_SNIPPET = 500;
  private static final int MAX_DATE = 40;
  private static final int MAX_RAW = 4000;

  EgressRequest request(SearchQuery query) {
    return switch (settings.service()) {
      case SEARXNG -> {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("q", query.inWords());
        parameters.put("format", "json");
        yield get("/search", parameters, "Authorization", "Bearer ");
      }
      case BRAVE -> {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("q", query.inWords());
        parameters.put("count", Integer.toString(MOST_HITS));
        query.country().ifPresent(country -> parameters.put("country", country));
        yield get("", parameters, "X-Subscription-Token", "");
      }
      case TAVILY -> {
        ObjectNode body = Json.object().put("query", query.text()).put("max_results", MOST_HITS);
        domains(body, query.domains(), "include_domains", "exclude_domains");
        yield post(body, "Authorization", "Bearer ");
      }
      case EXA -> {
        ObjectNode body = Json.object().put("query", query.text()).put("numResults", MOST_HITS);
        body.putObject("contents").putObject("text").put("maxCharacters", MAX_SNIPPET);
        query.country().ifPresent(country -> body.put("userLocation", country));
        domains(body, query.domains(), "includeDomains", "excludeDomains");
        yield post(body, "x-api-key", "");
      }
    };
  }

  private static void domains(ObjectNode body, Domains domains, String include, String exclude) {
    if (!domains.allowed().isEmpty()) {
      domains.allowed().forEach(body.putArray(include)::add);
    }
    if (!domains.blocked().isEmpty()) {
      domains.blocked().forEach(body.putArray(exclude)::add);
    }
  }

  private EgressRequest get(
      String below, Map<String, String> parameters, String keyField, String before) {
    List<String> pairs = new ArrayList<>();
    parameters.forEach(
        (name, value) -> pairs.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
    String path = settings.url().path().replaceFirst("/$", "") + below;
    return EgressRequest.get(
        settings.url().tls(),
        settings.url().target(),
        (path.isEmpty() ? "/" : path) + "?" + String.join("&", pairs),
        fields(keyField, before));
  }

  private EgressRequest post(ObjectNode body, String keyField, String before) {
    Map<String, String> fields = fields(keyField, before);
    fields.put("Content-Type", "application/json");
    return new EgressRequest(
        "POST",
        settings.url().tls(),
        settings.url().target(),
        settings.url().path(),
        fields,
        Json.write(body));
  }

  private Map<String, String> fields(String keyField, String before) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("User-Agent", "Paddock");
    fields.put("Accept", "application/json");
    settings.key().ifPresent(key -> fields.put(keyField, before + key));
    return fields;
  }

  /**
   * What a service found, of the hosts that are wanted.
   *
   * @throws WebException UNAVAILABLE if it is not what the service documents
   */
  List<SearchHit> hits(byte[] answer, Domains domains) {
    JsonNode results = results(answer);
    List<SearchHit> hits = new ArrayList<>();
    for (JsonNode result : results) {
      if (hits.size() < MOST_HITS) {
        hit(result).filter(hit -> domains.allow(hit.url())).ifPresent(hits::add);
      }
    }
    return hits;
  }

  private JsonNode results(byte[] answer) {
    JsonNode tree;
    try {
      tree = Json.mapper().readTree(new String(answer, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw unexpected("it is no JSON", e);
    }
    JsonNode results =
        settings.service() == SearchService.BRAVE
            ? tree.path("web").path("results")
            : tree.path("results");
    boolean noneOfBrave =
        settings.service() == SearchService.BRAVE && tree.path("web").isMissingNode();
    if (!results.isArray() && !(noneOfBrave && tree.isObject())) {
      throw unexpected("it has no list of results", null);
    }
    return results;
  }

  private WebException unexpected(String why, @org.jspecify.annotations.Nullable Exception cause) {
    return new WebException(
        ErrorCode.UNAVAILABLE,
        "what %s answered cannot be read: %s".formatted(settings.service().text(), why),
        cause);
  }

  private Optional<SearchHit> hit(JsonNode result) {
    try {
      WebUrl url = WebUrl.parse(result.path("url").asText());
      String title = plain(result.path("title"), MAX_TITLE);
      return Optional.of(
          new SearchHit(url, title, plain(snippet(result), MAX_SNIPPET), date(result)));
    } catch (PaddockException notForUs) { // such as a magnet link
      return Optional.empty();
    }
  }

  private JsonNode snippet(JsonNode result) {
    return switch (settings.service()) {
      case SEARXNG, TAVILY -> result.path("content");
      case BRAVE -> result.path("description");
      case EXA -> result.path("text");
    };
  }

  private Optional<String> date(JsonNode result) {
    JsonNode date =
        switch (settings.service()) {
          case SEARXNG, EXA -> result.path("publishedDate");
          case BRAVE -> result.path(result.hasNonNull("page_age") ? "page_age" : "age");
          case TAVILY -> result.path("published_date");
        };
    return Optional.of(plain(date, MAX_DATE)).filter(text -> !text.isEmpty());
  }

  /** Without the markup that some services put around what was found. */
  private static String plain(JsonNode text, int most) {
    String raw = text.isTextual() ? text.textValue() : "";
    String some = raw.length() > MAX_RAW ? raw.substring(0, MAX_RAW) : raw;
    boolean marked = some.indexOf('<') >= 0 || some.indexOf('&') >= 0;
    return WebText.shown(marked ? Jsoup.parseBodyFragment(some).text() : some, most);
  }
}
