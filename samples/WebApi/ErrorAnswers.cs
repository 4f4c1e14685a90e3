using Microsoft.AspNetCore.Mvc;

namespace IGptMl.Samples.WebApi;

/// <summary>Answers with a status and one line that says what was wrong.</summary>
internal sealed class ErrorAnswers(RequestDelegate next, ILogger<ErrorAnswers> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; nobody reads an answer.
        }
        catch (Exception e) when (!context.Response.HasStarted && StatusOf(e) is { } status)
        {
            await Write(context, status, e.Message);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            log.LogError(e, "{Path} failed", context.Request.Path);
            await Write(context, StatusCodes.Status500InternalServerError, "The server failed; its log says why.");
        }
    }

    private static int? StatusOf(Exception e) => e switch
    {
        BadHttpRequestException bad => bad.StatusCode,
        Gate.BusyException or TimeoutException => StatusCodes.Status503ServiceUnavailable,
        Picture.UnreadableException => StatusCodes.Status415UnsupportedMediaType,
        Picture.TooLargeException => StatusCodes.Status413PayloadTooLarge,
        ArgumentException => StatusCodes.Status400BadRequest,
        _ => null,
    };

    private static async Task Write(HttpContext context, int status, string detail)
    {
        context.Response.Clear();
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "1";
        }

        var problem = new ProblemDetails { Status = status, Title = Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status), Detail = detail };
        await context.Response.WriteAsJsonAsync(problem, AnswerJson.Default.ProblemDetails, "application/problem+json", CancellationToken.None);
    }
}
