// The same with nothing but the JDK: an agent, an environment, a session; streams until it is idle.
//   java HttpClientExample.java
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Iterator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

public class HttpClientExample {
  static final String SERVER = variable("PADDOCK_URL", "http://127.0.0.1:4096");
  static final String KEY = variable("PADDOCK_API_KEY", "");
  static final HttpClient HTTP = HttpClient.newHttpClient();

  public static void main(String[] arguments) throws IOException, InterruptedException {
    String agent =
        create(
            "/v1/agents",
            """
            {"name": "Coding Assistant", "model": %s,
             "system": "You are a helpful coding assistant. Write clean, well-documented code.",
             "tools": [{"type": "agent_toolset_20260401"}]}"""
                .formatted(quoted(variable("MODEL", "claude-opus-5-5"))));
    String environment = create("/v1/environments", "{\"name\": \"quickstart-env\"}");
    String session =
        create(
            "/v1/sessions",
            "{\"agent\": %s, \"environment_id\": %s, \"title\": \"Quickstart session\"}"
                .formatted(quoted(agent), quoted(environment)));
    String task =
        arguments.length > 0
            ? arguments[0]
            : "Create a script that prints the first 20 Fibonacci numbers and saves them to fibonacci.txt";

    String events = "/v1/sessions/" + session + "/events";
    HttpResponse<Stream<String>> stream =
        HTTP.send(request(events + "/stream").build(), BodyHandlers.ofLines());
    if (stream.statusCode() != 200) {
      throw new IOException("the stream was answered with " + stream.statusCode());
    }
    try (Stream<String> lines = stream.body()) {
      // The head is there, so the server listens: nothing of what follows is missed.
      post(
          events,
          """
          {"events": [{"type": "user.message", "content": [{"type": "text", "text": %s}]}]}"""
              .formatted(quoted(task)));
      for (Iterator<String> next = lines.iterator(); next.hasNext(); ) {
        String line = next.next();
        if (line.startsWith("data: ") && show(line.substring("data: ".length()))) {
          break;
        }
      }
    }
    HTTP.shutdownNow();
  }

  /** Prints what an event says; true when the session has become idle. */
  static boolean show(String event) {
    switch (field(event, "type")) {
      case "agent.message" -> System.out.print(field(event, "text"));
      case "agent.tool_use" -> System.out.printf("%n[%s]%n", field(event, "name"));
      case "session.error" -> System.err.printf("%n%s%n", field(event, "message"));
      case "session.status_idle" -> {
        System.out.println("\nidle: " + field(event.substring(event.indexOf("stop_reason")), "type"));
        return true;
      }
      default -> {}
    }
    return false;
  }

  static String create(String path, String body) throws IOException, InterruptedException {
    return field(post(path, body), "id");
  }

  static String post(String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        HTTP.send(request(path).POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(SERVER + path))
        .header("x-api-key", KEY)
        .header("content-type", "application/json");
  }

  static String variable(String name, String otherwise) {
    return System.getenv().getOrDefault(name, otherwise);
  }

  // The JDK reads no JSON; a program of yours has a library that does. This finds a name's first
  // text, however deep, in answers that are known to have one.
  static String field(String json, String name) {
    Matcher text =
        Pattern.compile("\"" + name + "\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"").matcher(json);
    if (!text.find()) {
      throw new IllegalArgumentException("no \"" + name + "\" in " + json);
    }
    return text.group(1).translateEscapes();
  }

  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append("\\u%04x".formatted((int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
