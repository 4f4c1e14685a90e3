using IGptMl.Cli;
using var interruption = new Interruption();

return await IgptApp.RunAsync(args, Console.Out, Console.Error, interruption.Token);
