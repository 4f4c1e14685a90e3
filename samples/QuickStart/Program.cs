using System.CommandLine;
using IGptMl.Samples.QuickStart;

var data = new Option<string>("--data") { Description = "shapes (the built-in images) or cifar10.", DefaultValueFactory = _ => "shapes" };
data.AcceptOnlyFromAmong("shapes", "cifar10");
var path = new Option<DirectoryInfo?>("--path") { Description = "The folder of CIFAR-10's binary files, for --data cifar10." };
var minutes = new Option<double>("--minutes") { Description = "How long to pretrain, even if the machine becomes slower.", DefaultValueFactory = _ => 3 };
var steps = new Option<long?>("--steps")
{
    Description = "How many steps of 8 images to pretrain, instead of --minutes; the same number gives the same model.",
};
var output = new Option<FileInfo>("--out") { Description = "Where to save the pipeline.", DefaultValueFactory = _ => new FileInfo("quickstart.zip") };
var checkpoints = new Option<DirectoryInfo?>("--checkpoints")
{
    Description = "A folder for checkpoints. An interrupted run resumes from the newest one; with --steps, the weights after 1/16, 1/8, 1/4 and 1/2 of "
        + "the steps are kept.",
};
var predict = new Option<FileInfo?>("--predict")
{
    Description = "Only load a saved pipeline and predict with it; the second process of the sample.", Hidden = true,
};
minutes.Validators.Add(result =>
{
    if (result.GetValueOrDefault<double>() is not (> 0 and <= 10_000))
    {
        result.AddError("--minutes must be more than 0 and at most 10,000.");
    }
});
steps.Validators.Add(result =>
{
    if (result.GetValueOrDefault<long?>() is < 1)
    {
        result.AddError("--steps must be at least 1.");
    }
});

var command = new RootCommand("Pretrains a small Image GPT without labels, probes its layers, and saves, reloads and uses the pipeline.")
{
    data, path, minutes, steps, checkpoints, output, predict,
};
command.Validators.Add(result =>
{
    if (result.GetValue(data) == "cifar10" && result.GetValue(path) is null)
    {
        result.AddError("--data cifar10 needs --path DIR, the folder of its binary files.");
    }
});
command.SetAction(parsed =>
{
    var pictures = new Pictures(parsed.GetValue(data)!, parsed.GetValue(path)?.FullName, parsed.GetValue(minutes));
    if (parsed.GetValue(predict) is { } model)
    {
        Prediction.Run(pictures, model.FullName);
    }
    else
    {
        MainJob.Run(pictures, parsed.GetValue(minutes), parsed.GetValue(steps), parsed.GetValue(checkpoints)?.FullName, parsed.GetValue(output)!.FullName);
    }
});
return command.Parse(args).Invoke();
