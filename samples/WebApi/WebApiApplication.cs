namespace IGptMl.Samples.WebApi;

/// <summary>The server: POST /predict, /complete and /surprise with a picture; GET /health and /openapi/v1.json.</summary>
public static class WebApiApplication
{
    /// <summary>
    /// Creates the server, with its models loaded. Arguments such as <c>--Model model.zip --Classifier classifier.zip</c> set <see cref="ApiSettings"/>;
    /// <c>--urls</c> says where it listens, by default on this machine alone.
    /// </summary>
    /// <exception cref="ArgumentException">No model is given, or a setting is out of range.</exception>
    /// <exception cref="InvalidDataException">A file is not such a model.</exception>
    public static WebApplication Create(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        var settings = ApiSettings.Read(builder.Configuration);
        if (builder.Configuration["urls"] is null)
        {
            builder.WebHost.UseUrls("http://127.0.0.1:5080");
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = settings.MaximumBytes);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(new Gate(settings.Workers, settings.Queue, settings.TimeLimit));
        builder.Services.AddSingleton(_ => new ServedModels(settings)); // created here, so that the server disposes it
        builder.Services.AddHostedService<ModelWatcher>();
        builder.Services.AddHealthChecks().AddCheck<ModelsHealth>("models");
        builder.Services.AddProblemDetails();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true); // ErrorAnswers says what was wrong
        builder.Services.AddOpenApi();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, AnswerJson.Default));

        var app = builder.Build();
        app.Services.GetRequiredService<ServedModels>(); // a model that cannot be loaded ends the program now, and not the first request
        app.UseMiddleware<ErrorAnswers>();
        app.MapOpenApi();
        app.MapHealthChecks("/health");
        Endpoints.Map(app);
        return app;
    }
}
