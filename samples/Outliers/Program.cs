using IGptMl.Samples.Outliers;

return OutliersProgram.Run(args);
