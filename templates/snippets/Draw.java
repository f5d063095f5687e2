// Draw.java, for Java 17 or newer with com.fasterxml.jackson.core:jackson-databind.
// Needs the key in the environment variable {{ w.variable }}.
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
{%- if w.has_task() %}
import java.net.URLEncoder;
{%- endif %}
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
{%- if w.has_task() %}
import java.nio.charset.StandardCharsets;
{%- endif %}
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
{%- if !w.inline.is_empty() %}
import java.util.Base64;
{%- endif %}
import java.util.List;
import java.util.Map;

public class Draw {
    static final String BASE_URL = {{ w.base }};
{%- if w.has_task() %}
    static final int PAUSE = 2;
{%- endif %}
    static final String KEY = System.getenv({{ w.key }});
    static final HttpClient CLIENT = HttpClient.newHttpClient();
    static final ObjectMapper JSON = new ObjectMapper();

    static JsonNode call(String method, String url, Object body) throws Exception {
        var publisher = body == null
            ? HttpRequest.BodyPublishers.noBody()
            : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body));
        var request = HttpRequest.newBuilder(URI.create(url))
{%- if !w.header.is_empty() %}
            .header({{ w.header }}, {{ w.before_key }} + KEY)
{%- endif %}
            .header("Content-Type", "application/json")
            .timeout(Duration.ofMinutes(2))
            .method(method, publisher)
            .build();
        var response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IllegalStateException(response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    static String look(JsonNode answer, String... places) {
        for (var place : places) {
            var found = answer.at(place);
            if (!found.isMissingNode() && !found.isNull()) {
                return found.asText();
            }
        }
        throw new IllegalStateException("None of " + List.of(places) + " in " + answer);
    }
{% if w.finds_links() %}
    static String link(JsonNode value, String without) {
        var text = value.isTextual() ? value.asText() : "";
        if (text.matches("https?://.*") && !text.contains(without)) {
            return text;
        }
        for (var item : value) {
            var found = link(item, without);
            if (found != null) {
                return found;
            }
        }
        return null;
    }
{% endif %}
    public static void main(String[] arguments) throws Exception {
        var body = {{ w.body }};
        // A call may cost money: it is sent once.
        var answer = call("POST", BASE_URL + {{ w.create }}, body);
{%- if w.has_task() %}
{%- if w.is_either %}
        String task;
        try {
            task = look(answer, {{ w.id }});
        } catch (IllegalStateException none) {
            // The seller's pages disagree on this: here the image came at once.
            var found = link(answer, "\n");
            if (found == null) {
                throw none;
            }
            var picture = HttpRequest.newBuilder(URI.create(found)).build();
            Files.write(Path.of({{ w.file }}), CLIENT.send(picture, HttpResponse.BodyHandlers.ofByteArray()).body());
            return;
        }
{%- else %}
        var task = look(answer, {{ w.id }});
{%- endif %}

        // Asks until the task is done, for five minutes at most.
        for (int tries = 0; ; tries++) {
            if (tries == 150) {
                throw new IllegalStateException("The task is not done yet: " + task);
            }
            Thread.sleep(Duration.ofSeconds(PAUSE).toMillis());
            answer = call({{ w.poll_method }}, {{ w.poll }}, null);
            var status = look(answer, {{ w.state }});
            if (List.of({{ w.done }}).contains(status)) {
                break;
            }
{%- if !w.failed.is_empty() %}
            if (List.of({{ w.failed }}).contains(status)) {
                throw new IllegalStateException("The task failed: " + answer);
            }
{%- endif %}
        }
{%- endif %}
{%- if w.has_result() %}
        answer = call({{ w.result_method }}, {{ w.result }}, null);
{%- endif %}
{% if !w.inline.is_empty() %}
        var image = Base64.getDecoder().decode(look(answer, {{ w.inline }}));
        Files.write(Path.of({{ w.file }}), image);
{%- else %}
{%- if w.is_anywhere %}
        // No source says where the link stands: this takes the first that is not the task's own.
        var link = link(answer, task);
{%- else %}
        var link = look(answer, {{ w.link }});
{%- endif %}
        var request = HttpRequest.newBuilder(URI.create(link)).build();
        var image = CLIENT.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (image.statusCode() != 200) {
            throw new IllegalStateException(image.statusCode() + " for the image");
        }
        Files.write(Path.of({{ w.file }}), image.body());
{%- endif %}
    }
}
